#include "bench/program/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "record/standard_streams.h"

namespace biasbench::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 2s;
constexpr auto kInterval = 250ms;

std::size_t TerminalColumns() {
  winsize size{};
  const bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return is_known ? size.ws_col : 80;
}

}  // namespace

Progress::Progress(std::string instance_name)
    : instance_name_(std::move(instance_name)),
      next_line_(start_ + kPatience),
      is_terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (is_shown_ && is_terminal_) record::PrintNote("\r\033[K");
}

void Progress::Tick() {
  const Clock::time_point now = Clock::now();
  if (now < next_line_ || (is_shown_ && !is_terminal_)) return;
  next_line_ = now + kInterval;
  is_shown_ = true;
  if (!is_terminal_) {
    record::PrintNote(fmt::format("{}: {}\n", instance_name_, activity_));
    return;
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - start_).count();
  std::string line = fmt::format("{} s  {}  {}", seconds, activity_, instance_name_);
  line.resize(std::min(line.size(), TerminalColumns() - 1));  // a wrapped line cannot be rewritten
  record::PrintNote("\r\033[K" + line);
}

}  // namespace biasbench::bench
