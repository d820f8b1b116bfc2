#include "schedule/prepared_batch.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace biasbench::schedule {
namespace {

using memory::Category;

// Floats of each array for batches of a size; 0 where products do not need it.
struct Sizes {
  explicit Sizes(const Configuration& configuration) {
    if (!configuration.stores_bfloat16_weights() || configuration.is_narrow()) return;
    const std::int64_t batch = configuration.pass_samples();
    const std::int64_t inputs = configuration.row_length();
    if (configuration.multiplies_bfloat16()) {
      halves = MemorySum::Multiply({batch, inputs});
      input_pairs = MemorySum::Multiply({batch, inputs / 2});
      last_inputs = inputs % 2 == 0 ? 0 : batch;
      sample_pairs = MemorySum::Multiply({(batch + 1) / 2, inputs});
    } else if (inputs % 2 == 0) {
      paired_rows = MemorySum::Multiply({batch, inputs});
    }
  }

  std::int64_t paired_rows = 0;
  std::int64_t halves = 0;
  std::int64_t input_pairs = 0;
  std::int64_t last_inputs = 0;
  std::int64_t sample_pairs = 0;
};

float Word(std::uint16_t lower, std::uint16_t upper) {
  return std::bit_cast<float>(lower | static_cast<std::uint32_t>(upper) << 16);
}

}  // namespace

PreparedBatch::PreparedBatch(memory::Ledger& ledger, const Configuration& configuration) {
  const Sizes sizes(configuration);
  const auto make = [&](std::int64_t size, auto& buffer) {
    if (size > 0) buffer = {ledger, Category::kWorkspace, size};
  };
  make(sizes.paired_rows, paired_rows_);
  make(sizes.halves, halves_);
  make(sizes.input_pairs, input_pairs_);
  make(sizes.last_inputs, last_inputs_);
  make(sizes.sample_pairs, sample_pairs_);
}

void PreparedBatch::AddBytes(const Configuration& configuration, MemorySum& sum) {
  const Sizes sizes(configuration);
  const auto add = [&](std::int64_t value_bytes, std::int64_t size) {
    if (size > 0) sum.Add(Category::kWorkspace, {value_bytes, size});
  };
  add(kFloatBytes, sizes.paired_rows);
  add(sizeof(std::uint16_t), sizes.halves);
  add(kFloatBytes, sizes.input_pairs);
  add(kFloatBytes, sizes.last_inputs);
  add(kFloatBytes, sizes.sample_pairs);
}

void PreparedBatch::Prepare(const kernel::BatchView& batch) {
  view_ = batch;
  view_.is_finite = std::all_of(batch.rows, batch.rows + batch.size * batch.inputs,
                                [](float x) { return std::isfinite(x); });
  if (!paired_rows_.empty()) {
    kernel::PairColumns(batch.size, batch.inputs, batch.rows, paired_rows_.data());
    view_.paired_rows = paired_rows_.data();
  }
  if (!halves_.empty()) {
    PrepareHalves();
    PrepareInputPairs();
    PrepareSamplePairs();
  }
}

void PreparedBatch::PrepareHalves() {
  const std::int64_t size = view_.size * view_.inputs;
  for (std::int64_t i = 0; i < size; ++i) {
    halves_.data()[i] = kernel::NearestBfloat16(view_.rows[i]);
  }
  view_.halves = halves_.data();
}

void PreparedBatch::PrepareInputPairs() {
  const auto [size, inputs] = std::pair(view_.size, view_.inputs);
  for (std::int64_t n = 0; n < size; ++n) {
    const std::uint16_t* row = halves_.data() + n * inputs;
    for (std::int64_t d = 0; d + 2 <= inputs; d += 2) {
      input_pairs_.data()[d / 2 * size + n] = Word(row[d], row[d + 1]);
    }
    if (inputs % 2 != 0) last_inputs_.data()[n] = kernel::FromBfloat16(row[inputs - 1]);
  }
  view_.input_pairs = input_pairs_.data();
  view_.last_inputs = last_inputs_.data();
}

void PreparedBatch::PrepareSamplePairs() {
  const std::int64_t inputs = view_.inputs;
  std::int64_t blocks = 0;  // of columns that are paired
  if (view_.pairs_columns()) blocks = inputs / kernel::kPairedLanes;
  for (std::int64_t pair = 0; pair < view_.sample_pairs_count(); ++pair) {
    const std::uint16_t* row = halves_.data() + 2 * pair * inputs;
    const std::uint16_t* other = 2 * pair + 1 < view_.size ? row + inputs : nullptr;
    float* to = sample_pairs_.data() + pair * inputs;
    const auto word = [&](std::int64_t d) { return Word(row[d], other == nullptr ? 0 : other[d]); };
    for (std::int64_t block = 0; block < blocks; ++block) {
      for (std::int64_t j = 0; j < kernel::kVectorLanes; ++j) {
        const std::int64_t first = block * kernel::kPairedLanes;
        to[first + j] = word(first + 2 * j);
        to[first + kernel::kVectorLanes + j] = word(first + 2 * j + 1);
      }
    }
    for (std::int64_t d = blocks * kernel::kPairedLanes; d < inputs; ++d) to[d] = word(d);
  }
  view_.sample_pairs = sample_pairs_.data();
}

}  // namespace biasbench::schedule
