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

// Images and their labels: as many of the one as of the other.
struct OpenPair {
  OpenIdx images;
  OpenIdx labels;

  std::int64_t samples() const { return images.dimensions[0]; }
  std::int64_t inputs() const {
    return std::accumulate(images.dimensions.begin() + 1, images.dimensions.end(), std::int64_t{1},
                           std::multiplies<std::int64_t>());
  }
};

OpenPair OpenBoth(const IdxFile& images, const IdxFile& labels) {
  OpenPair pair{Open(images), Open(labels)};
  if (pair.images.dimensions.size() < 2) {
    throw Error(fmt::format("{}: 1 dimension, expected images: 2 or more", images.path));
  }
  const auto& label_dimensions = pair.labels.dimensions;
  if (label_dimensions.size() != 1) {
    throw Error(
        fmt::format("{}: {} dimensions, expected labels: 1", labels.path, label_dimensions.size()));
  }
  if (label_dimensions[0] != pair.samples()) {
    throw Error(fmt::format("{}: {} labels, expected {}, one for each image of {}", labels.path,
                            label_dimensions[0], pair.samples(), images.path));
  }
  return pair;
}

// Hands the first `samples` labels to `visit`, with the number of the sample.
template <class Visit>
void VisitLabels(CompressedFile& file, std::int64_t samples, const Visit& visit) {
  std::array<std::uint8_t, 4096> bytes{};
  for (std::int64_t begin = 0; begin < samples; begin += std::ssize(bytes)) {
    const auto part = std::span(bytes).first(
        static_cast<std::size_t>(std::min<std::int64_t>(std::ssize(bytes), samples - begin)));
    file.ReadExactly(part);
    for (std::size_t i = 0; i < part.size(); ++i) {
      visit(begin + static_cast<std::int64_t>(i), std::int32_t{part[i]});
    }
  }
}

}  // namespace

IdxDescription DescribeIdx(const IdxFile& images, const IdxFile& labels) {
  OpenPair pair = OpenBoth(images, labels);
  IdxDescription description{.samples = pair.samples(), .inputs = pair.inputs(), .labels = {}};
  VisitLabels(pair.labels.file, description.samples,
              [&](std::int64_t, std::int32_t label) { description.labels.insert(label); });
  return description;
}

Dataset ReadIdx(const IdxFile& images, const IdxFile& labels, std::int64_t classes,
                memory::Ledger& ledger, std::int64_t max_samples) {
  OpenPair pair = OpenBoth(images, labels);
  Dataset dataset;
  dataset.samples = LimitSamples(pair.samples(), max_samples);
  dataset.inputs = pair.inputs();
  dataset.outputs = classes;
  dataset.bytes = {ledger, memory::Category::kDataset, dataset.samples * dataset.inputs};
  dataset.byte_scale = 1.0F / 255;
  pair.images.file.ReadExactly(dataset.bytes.span());
  dataset.labels = {ledger, memory::Category::kDataset, dataset.samples};
  VisitLabels(pair.labels.file, dataset.samples, [&](std::int64_t sample, std::int32_t label) {
    if (label >= classes) {
      throw Error(fmt::format("{}: label {} of sample {}, expected 0 to {}", labels.path, label,
                              sample, classes - 1));
    }
    dataset.labels[sample] = label;
  });
  return dataset;
}

}  // namespace biasbench::data
