#include "data/centring.h"

#include <algorithm>
#include <vector>

namespace biasbench::data {

void CentreInputs(Task& task, memory::Ledger& ledger) {
  const std::int64_t inputs = task.train.inputs;
  std::vector<double> sums(static_cast<std::size_t>(inputs));
  std::vector<float> row(sums.size());
  for (std::int32_t sample = 0; sample < task.train.samples; ++sample) {
    task.train.CopyInputs({&sample, 1}, row.data(), inputs);
    std::ranges::transform(sums, row, sums.begin(), std::plus());
  }
  for (Dataset* dataset : {&task.train, &task.test}) {
    dataset->offsets = {ledger, memory::Category::kDataset, inputs};
    std::ranges::transform(sums, dataset->offsets.data(), [&](double sum) {
      return static_cast<float>(sum / static_cast<double>(task.train.samples));
    });
  }
}

}  // namespace biasbench::data
