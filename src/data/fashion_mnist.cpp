#include "data/fashion_mnist.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "data/idx_reader.h"
#include "data/task_row.h"

namespace biasbench::data {
namespace {

constexpr TaskDescription kDescription = {
    .name = "fashion_mnist",
    .inputs = 784,
    .outputs = 10,
    .train_samples = 60000,
    .test_samples = 10000,
    .input_bytes = 1,
    .is_classification = true,
    .defaults = {.epochs = 5, .learning_rate = 0.3, .batch = 64},
    .summary = "Fashion-MNIST, 28x28 pixels: real data in the shape that memory is measured at"};

struct Source {
  std::string_view file;
  std::string_view sha256;  // of the decompressed contents
};

constexpr Source kTrainImages = {
    "train-images-idx3-ubyte.gz",
    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"};
constexpr Source kTrainLabels = {
    "train-labels-idx1-ubyte.gz",
    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"};
constexpr Source kTestImages = {"t10k-images-idx3-ubyte.gz",
                                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"};
constexpr Source kTestLabels = {"t10k-labels-idx1-ubyte.gz",
                                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"};

std::string PathOf(const Source& source, const std::string& directory) {
  return fmt::format("{}/{}", directory, source.file);
}

IdxFile FileOf(const Source& source, const std::string& directory) {
  return {PathOf(source, directory), std::string(source.sha256)};
}

}  // namespace

bool IsFashionMnistInstalled(const std::string& directory) {
  const std::array sources = {kTrainImages, kTrainLabels, kTestImages, kTestLabels};
  return std::ranges::all_of(sources, [&directory](const Source& source) {
    std::error_code error;
    return std::filesystem::exists(PathOf(source, directory), error);
  });
}

Task FashionMnist(memory::Ledger& ledger, std::int64_t max_samples, const std::string& directory) {
  if (!IsFashionMnistInstalled(directory)) {
    throw Error(
        fmt::format("{}: Fashion-MNIST's four files are not there; install the package "
                    "dataset-fashion-mnist",
                    directory));
  }
  return {.name = std::string(kDescription.name),
          .source = "Fashion-MNIST",
          .train = ReadIdx(FileOf(kTrainImages, directory), FileOf(kTrainLabels, directory),
                           kDescription.outputs, ledger, max_samples),
          .test = ReadIdx(FileOf(kTestImages, directory), FileOf(kTestLabels, directory),
                          kDescription.outputs, ledger)};
}

extern constexpr TaskRow kFashionMnist(
    kDescription,
    [](memory::Ledger& ledger, std::int64_t max_samples) {
      return FashionMnist(ledger, max_samples);
    },
    [] { return IsFashionMnistInstalled(); });

}  // namespace biasbench::data
