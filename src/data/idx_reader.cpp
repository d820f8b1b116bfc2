#include "data/idx_reader.h"

#include <fmt/format.h>

#include "data/array_pair.h"

namespace biasbench::data {

Dataset ReadIdx(const IdxFile& images, const IdxFile& labels, std::int64_t classes,
                memory::Ledger& ledger, std::int64_t max_samples) {
  ArrayPair pair(images.path, labels.path, images.sha256, labels.sha256);
  if (!pair.samples.holds_bytes()) {
    throw Error(fmt::format("{}: expected unsigned bytes", images.path));
  }
  Dataset dataset;
  dataset.samples = LimitSamples(pair.samples.samples(), max_samples);
  dataset.inputs = pair.samples.values_per_sample();
  dataset.outputs = classes;
  dataset.bytes = {ledger, memory::Category::kDataset, dataset.samples * dataset.inputs};
  dataset.byte_scale = 1.0F / 255;
  pair.samples.ReadBytes(dataset.bytes.span());
  dataset.labels = {ledger, memory::Category::kDataset, dataset.samples};
  VisitLabels(pair.labels, dataset.samples, [&](std::int64_t sample, std::int64_t label) {
    if (label < 0 || label >= classes) {
      throw Error(fmt::format("{}: label {} of sample {}, expected 0 to {}", labels.path, label,
                              sample, classes - 1));
    }
    dataset.labels[sample] = static_cast<std::int32_t>(label);
  });
  return dataset;
}

}  // namespace biasbench::data
