#include "data/idx_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "data/checksum.h"
#include "data/compressed_file.h"

namespace biasbench::data {
namespace {

// An IDX file whose header has been read and found true.
struct OpenIdx {
  CompressedFile file;
  std::vector<std::int64_t> dimensions;
};

std::vector<std::int64_t> ReadDimensions(CompressedFile& file) {
  std::array<std::uint8_t, 4> magic{};
  file.ReadExactly(magic);
  if (magic[0] != 0 || magic[1] != 0 || magic[2] != 0x08 || magic[3] == 0) {
    throw Error(
        fmt::format("{}: begins with {:02x}, expected IDX unsigned bytes: 00 00 08 and the "
                    "number of dimensions",
                    file.name(), fmt::join(magic, " ")));
  }
  std::vector<std::int64_t> dimensions(magic[3]);
  for (std::int64_t& dimension : dimensions) {
    std::array<std::uint8_t, 4> bytes{};  // big-endian
    file.ReadExactly(bytes);
    dimension =
        std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0},
                        [](std::int64_t sum, std::uint8_t byte) { return sum * 256 + byte; });
  }
  return dimensions;
}

// Whether the product of the dimensions is `bytes`, none of them 0. Their product alone could
// overflow: a header may announce anything.
bool Announce(const std::vector<std::int64_t>& dimensions, std::int64_t bytes) {
  std::int64_t product = 1;
  for (const std::int64_t dimension : dimensions) {
    if (dimension == 0 || product > bytes / dimension) return false;
    product *= dimension;
  }
  return product == bytes;
}

// The contents are read through once before anything is allocated on the header's word.
OpenIdx Open(const IdxFile& source) {
  CompressedFile file(source.path);
  const Fingerprint contents = FingerprintOf(file);
  if (!source.sha256.empty() && contents.sha256 != source.sha256) {
    throw Error(fmt::format("{}: the contents' SHA-256 is {}, expected {}", source.path,
                            contents.sha256, source.sha256));
  }
  std::vector<std::int64_t> dimensions = ReadDimensions(file);
  const std::int64_t payload_bytes =
      contents.bytes - 4 * (1 + static_cast<std::int64_t>(dimensions.size()));
  if (!Announce(dimensions, payload_bytes)) {
    throw Error(fmt::format("{}: the header announces {} bytes, {} follow it", source.path,
                            fmt::join(dimensions, " x "), payload_bytes));
  }
  return {std::move(file), std::move(dimensions)};
}

void ReadLabels(CompressedFile& file, std::int64_t classes, std::span<std::int32_t> labels) {
  std::array<std::uint8_t, 4096> bytes{};
  for (std::size_t begin = 0; begin < labels.size(); begin += bytes.size()) {
    const auto part = labels.subspan(begin, std::min(bytes.size(), labels.size() - begin));
    file.ReadExactly(std::span(bytes).first(part.size()));
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (bytes[i] >= classes) {
        throw Error(fmt::format("{}: label {} of sample {}, expected 0 to {}", file.name(),
                                bytes[i], begin + i, classes - 1));
      }
      part[i] = bytes[i];
    }
  }
}

}  // namespace

Dataset ReadIdx(const IdxFile& images, const IdxFile& labels, std::int64_t classes,
                memory::Ledger& ledger, std::int64_t max_samples) {
  OpenIdx image_file = Open(images);
  OpenIdx label_file = Open(labels);
  const auto& shape = image_file.dimensions;
  if (shape.size() < 2) {
    throw Error(fmt::format("{}: 1 dimension, expected images: 2 or more", images.path));
  }
  if (label_file.dimensions.size() != 1) {
    throw Error(fmt::format("{}: {} dimensions, expected labels: 1", labels.path,
                            label_file.dimensions.size()));
  }
  if (label_file.dimensions[0] != shape[0]) {
    throw Error(fmt::format("{}: {} labels, expected {}, one for each image of {}", labels.path,
                            label_file.dimensions[0], shape[0], images.path));
  }

  Dataset dataset;
  dataset.samples = LimitSamples(shape[0], max_samples);
  dataset.inputs = std::accumulate(shape.begin() + 1, shape.end(), std::int64_t{1},
                                   std::multiplies<std::int64_t>());
  dataset.outputs = classes;
  dataset.bytes = {ledger, memory::Category::kDataset, dataset.samples * dataset.inputs};
  dataset.byte_scale = 1.0F / 255;
  image_file.file.ReadExactly(dataset.bytes.span());
  dataset.labels = {ledger, memory::Category::kDataset, dataset.samples};
  ReadLabels(label_file.file, classes, dataset.labels.span());
  return dataset;
}

}  // namespace biasbench::data
