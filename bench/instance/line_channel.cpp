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

}  // namespace

LineChannel::~LineChannel() { close(socket_); }

bool LineChannel::Send(const nlohmann::json& object) {
  const std::string line =
      object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t sent = send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::optional<nlohmann::json> LineChannel::Receive(const std::function<void()>& while_waiting) {
  std::size_t newline = 0;
  while ((newline = received_.find('\n')) == std::string::npos) {
    pollfd readable{.fd = socket_, .events = POLLIN, .revents = 0};
    if (poll(&readable, 1, kWaitMilliseconds) <= 0) {  // time is up, or a signal
      while_waiting();
      continue;
    }
    std::array<char, 4096> bytes{};
    const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    received_.append(bytes.data(), static_cast<std::size_t>(count));
  }
  const std::string line = received_.substr(0, newline);
  received_.erase(0, newline + 1);
  return nlohmann::json::parse(line);
}

}  // namespace biasbench::bench
