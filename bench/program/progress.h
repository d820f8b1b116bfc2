// Progress messages on standard error, shown after the first two seconds.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace biasbench::bench {

// On a terminal, one line that is rewritten and finally erased; elsewhere at most one plain line
// for each process.
class Progress {
 public:
  // `position` tells where in the run this is, when a share of the instance's work is done.
  explicit Progress(
      std::string instance_name,
      std::function<std::string(double share)> position = [](double) { return ""; });
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  // Sets the activity to show from now on ("epoch 3 of 60"), and the share of the instance's work
  // that is done, if it is known.
  void Enter(std::string activity, double share = 0) {
    activity_ = std::move(activity);
    share_ = share;
  }
  // Shows the activity if it is time to; call it often.
  void Tick();

 private:
  using Clock = std::chrono::steady_clock;

  std::string instance_name_;
  std::function<std::string(double share)> position_;
  std::string activity_;
  double share_ = 0;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_line_;
  bool is_terminal_;
  bool is_shown_ = false;
};

}  // namespace biasbench::bench
