#include "bench/instance/line_channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace biasbench::bench {
namespace {

constexpr int kWaitMilliseconds = 100;

ssize_t Write(int descriptor, std::string_view bytes) {
  const ssize_t sent = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  const bool is_pipe = sent < 0 && errno == ENOTSOCK;
  return is_pipe ? write(descriptor, bytes.data(), bytes.size()) : sent;
}

// Returns once `descriptor` has something, or room, or the time is up.
bool IsReady(int descriptor, short events) {
  pollfd polled{.fd = descriptor, .events = events, .revents = 0};
  return poll(&polled, 1, kWaitMilliseconds) > 0;
}

}  // namespace

LineChannel::~LineChannel() {
  close(input_);
  if (output_ != input_) close(output_);
}

bool LineChannel::Send(const nlohmann::json& object) {
  const std::string line =
      object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t sent = Write(output_, rest);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {  // who started this has made the pipe so
      IsReady(output_, POLLOUT);
      continue;
    }
    if (sent < 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool LineChannel::Read(const std::function<void()>& while_waiting) {
  if (!IsReady(input_, POLLIN)) {  // time is up, or a signal
    while_waiting();
    return true;
  }
  std::array<char, 4096> bytes{};
  const ssize_t count = read(input_, bytes.data(), bytes.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (count <= 0) return false;
  received_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<nlohmann::json> LineChannel::Receive(const std::function<void()>& while_waiting) {
  std::size_t newline = 0;
  while ((newline = received_.find('\n')) == std::string::npos) {
    if (!Read(while_waiting)) return std::nullopt;
  }
  const std::string line = received_.substr(0, newline);
  received_.erase(0, newline + 1);
  return nlohmann::json::parse(line);
}

void LineChannel::AwaitEnd(std::chrono::milliseconds longest) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (std::chrono::steady_clock::now() < end && Read([] {})) received_.clear();
}

}  // namespace biasbench::bench
