#include "bench/program/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "record/standard_streams.h"
#include "text/quantity.h"

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

bool CanRewriteLines() {
  const char* const terminal = std::getenv("TERM");
  const bool is_dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return isatty(STDERR_FILENO) == 1 && !is_dumb;
}

}  // namespace

Progress::Progress(std::string instance_name, std::function<std::string(double share)> position)
    : instance_name_(std::move(instance_name)),
      position_(std::move(position)),
      next_line_(start_ + kPatience),
      is_terminal_(CanRewriteLines()) {}

Progress::~Progress() {
  if (is_shown_ && is_terminal_) record::PrintNote("\r\033[K");
}

void Progress::Tick() {
  const Clock::time_point now = Clock::now();
  if (now < next_line_ || (is_shown_ && !is_terminal_)) return;
  next_line_ = now + kInterval;
  is_shown_ = true;
  const std::string position = position_(share_);
  if (!is_terminal_) {
    record::PrintNote(fmt::format("{}: {}{}{}\n", instance_name_, position,
                                  position.empty() ? "" : ": ", activity_));
    return;
  }
  const std::chrono::duration<double> elapsed = now - start_;
  std::string line = fmt::format("{}{}{}, {}  {}", position, position.empty() ? "" : ": ",
                                 activity_, text::Clock(elapsed.count()), instance_name_);
  line.resize(std::min(line.size(), TerminalColumns() - 1));  // a wrapped line cannot be rewritten
  record::PrintNote("\r\033[K" + line);
}

}  // namespace biasbench::bench
