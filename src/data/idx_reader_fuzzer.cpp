// The input is a file of images beside two labels, and then of labels beside two images.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "data/idx_reader.h"
#include "fuzzing/memory_file.h"
#include "fuzzing/require.h"

namespace {

using namespace biasbench;
using fuzzing::MemoryFile;
using fuzzing::Require;

constexpr std::int64_t kClasses = 10;
constexpr std::array<std::uint8_t, 10> kLabels = {0, 0, 8, 1, 0, 0, 0, 2, 3, 9};
constexpr std::array<std::uint8_t, 16> kImages = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4};

bool IsGzip(std::span<const std::uint8_t> stored) { return stored[0] == 0x1F; }

void Check(std::span<const std::uint8_t> images, std::span<const std::uint8_t> labels) {
  const MemoryFile image_file(images);
  const MemoryFile label_file(labels);
  memory::Ledger ledger;
  try {
    const data::Dataset dataset =
        data::ReadIdx({image_file.path(), {}}, {label_file.path(), {}}, kClasses, ledger);
    Require(dataset.samples == 2, "there are as many samples as labels");
    Require(dataset.labels.size() == 2, "each sample has a label");
    Require(dataset.bytes.size() == 2 * dataset.inputs, "each sample has its inputs");
    for (const std::int32_t label : dataset.labels.span()) {
      Require(label >= 0 && label < kClasses, "labels are classes");
    }
    if (IsGzip(images)) return;
    Require(std::ranges::equal(dataset.bytes.span(), images.last(dataset.bytes.span().size())),
            "images are the file's last bytes");
  } catch (const data::Error&) {
  }
  Require(ledger.current() == memory::CategoryBytes(), "nothing is left behind");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Check({data, size}, kLabels);
  Check(kImages, {data, size});
  return 0;
}
