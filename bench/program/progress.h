// Progress messages on standard error, shown after the first two seconds.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace biasbench::bench {

// On a terminal, one line that is rewritten and finally erased; elsewhere at most one plain line
// for each process.
class Progress {
 public:
  explicit Progress(std::string instance_name);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  // Sets the activity to show from now on ("epoch 3 of 60").
  void Enter(std::string activity) { activity_ = std::move(activity); }
  // Shows the activity if it is time to; call it often.
  void Tick();

 private:
  using Clock = std::chrono::steady_clock;

  std::string instance_name_;
  std::string activity_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_line_;
  bool is_terminal_;
  bool is_shown_ = false;
};

}  // namespace biasbench::bench
