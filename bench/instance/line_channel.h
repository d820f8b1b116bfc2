// A channel of JSON objects, one a line, between a program and the measured process.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace biasbench::bench {

class LineChannel {
 public:
  // Takes over the descriptors, of one socket or of a pipe in each direction. (A socket raises no
  // SIGPIPE; a process with pipes must ignore it.)
  explicit LineChannel(int socket) : LineChannel(socket, socket) {}
  LineChannel(int input, int output) : input_(input), output_(output) {}
  LineChannel(const LineChannel&) = delete;
  LineChannel& operator=(const LineChannel&) = delete;
  ~LineChannel();

  // NaN and infinity become null. False if nobody is listening any more.
  bool Send(const nlohmann::json& object);

  // The next object; nothing once the other side is gone. `while_waiting` is called some ten times
  // a second.
  std::optional<nlohmann::json> Receive(const std::function<void()>& while_waiting = [] {});

  // Waits until the other side is gone, but no longer than this. Drops what it sends meanwhile.
  void AwaitEnd(std::chrono::milliseconds longest);

 private:
  // Appends what has come to received_, waiting kWaitMilliseconds for it; false at the end.
  bool Read(const std::function<void()>& while_waiting);

  int input_;
  int output_;
  std::string received_;  // not yet a whole line
};

}  // namespace biasbench::bench
