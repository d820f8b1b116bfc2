// A channel of JSON objects, one a line, between a program and the measured process.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace biasbench::bench {

class LineChannel {
 public:
  // Takes over the descriptor of a socket.
  explicit LineChannel(int socket) : socket_(socket) {}
  LineChannel(const LineChannel&) = delete;
  LineChannel& operator=(const LineChannel&) = delete;
  ~LineChannel();

  // NaN and infinity become null. False if nobody is listening any more.
  bool Send(const nlohmann::json& object);

  // The next object; nothing once the other side is gone. `while_waiting` is called some ten times
  // a second.
  std::optional<nlohmann::json> Receive(const std::function<void()>& while_waiting = [] {});

 private:
  int socket_;
  std::string received_;  // not yet a whole line
};

}  // namespace biasbench::bench
