#include "bench/program/run_progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/quantity.h"

namespace biasbench::bench {

double WorkOf(const setting::Setting& configuration) {
  constexpr double kProcess = 1e6;  // as much as a network of so many weights
  const schedule::Shape& shape = configuration.network.shape;
  const double weights =
      static_cast<double>(shape.hidden) * static_cast<double>(shape.inputs + shape.outputs);
  const std::int64_t epochs = configuration.training ? configuration.training->epochs : 1;
  return kProcess + weights * static_cast<double>(epochs);
}

void RunProgress::Expect(const std::string& name, double work, std::int64_t repetitions) {
  work_[name] = work;
  all_work_ += work * static_cast<double>(repetitions);
  all_rows_ += repetitions;
}

void RunProgress::Begin(const std::string& name, std::int64_t iterations) {
  const bool is_probe = name == name_ && iterations > iterations_;
  iterations_ = iterations;
  if (is_probe) return;
  if (begun_rows_ > 0) done_work_ += work_[name_];
  name_ = name;
  ++begun_rows_;
}

std::string RunProgress::Describe(double seconds, double share) const {
  const auto current = work_.find(name_);
  if (current == work_.end()) return "";
  const std::string rows = fmt::format("row {} of {}", std::min(begun_rows_, all_rows_), all_rows_);
  const double done = done_work_ + share * current->second;
  if (done <= 0 || done >= all_work_) return rows;
  return fmt::format("{}, {} left", rows, text::Clock(seconds * (all_work_ - done) / done));
}

}  // namespace biasbench::bench
