#include "model/safetensors_index.h"

#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <map>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "model/error.h"
#include "model/header_reader.h"
#include "model/safetensors.h"
#include "model/strict_json.h"
#include "text/excerpt.h"

namespace biasbench::model {
namespace {

constexpr std::int64_t kMaxIndexBytes = 100'000'000;

using Names = std::unordered_set<std::string>;

// The index, as it is visited.
class Index : public JsonVisitor {
 public:
  explicit Index(std::string_view path) : path_(path) {}

  // The names of tensors by file.
  const std::map<std::string, Names>& files() const {
    if (files_.empty()) {
      Fail("no index of safetensors files: expected an object weight_map of tensors and files");
    }
    return files_;
  }

  void Begin(Keys keys, bool is_object) override {
    if (!is_object && (keys.empty() || IsMap(keys))) Fail("its weight_map is no JSON object");
    if (keys.size() > 1 && IsMap(keys)) FailAt(keys[1]);
  }
  void End(Keys /*keys*/) override {}
  void Take(Keys keys, JsonScalar value) override {
    if (keys.empty() || !IsMap(keys)) return;
    const auto* const file = std::get_if<std::string>(&value);
    if (keys.size() != 2 || file == nullptr) FailAt(keys.back());
    if (file->empty() || *file == "." || *file == ".." ||
        file->find_first_of(std::string_view("/\0", 2)) != std::string::npos) {
      Fail(fmt::format("{} is said to be in '{}', expected a file beside the index",
                       DescribeTensor(keys[1]), text::Excerpt(*file)));
    }
    files_[*file].insert(keys[1]);
  }

 private:
  [[noreturn]] void Fail(std::string_view what) const {
    throw Error(fmt::format("{}: {}", path_, what));
  }
  [[noreturn]] void FailAt(std::string_view tensor) const {
    Fail(fmt::format("{}: expected the name of its file", DescribeTensor(tensor)));
  }
  static bool IsMap(Keys keys) { return !keys.empty() && keys[0] == "weight_map"; }

  std::string_view path_;
  std::map<std::string, Names> files_;
};

void CheckNames(std::string_view path, const std::string& file, const std::vector<Tensor>& tensors,
                const Names& names) {
  for (const Tensor& tensor : tensors) {
    if (names.contains(tensor.name)) continue;
    throw Error(fmt::format("{}: {} of {} is not in the index", path, DescribeTensor(tensor.name),
                            text::Excerpt(file)));
  }
  if (tensors.size() == names.size()) return;
  Names missing = names;
  for (const Tensor& tensor : tensors) missing.erase(tensor.name);
  throw Error(fmt::format("{}: {} is not in {}, where the index has it", path,
                          DescribeTensor(*missing.begin()), text::Excerpt(file)));
}

}  // namespace

std::vector<Tensor> ReadSafetensorsIndex(const std::string& path) {
  HeaderReader file(path);
  if (file.size() > kMaxIndexBytes) {
    file.Fail(
        fmt::format("{} bytes, expected an index of {} at most", file.size(), kMaxIndexBytes));
  }
  const std::string text = file.ReadText(static_cast<std::uint64_t>(file.size()));
  Index index(file.path());
  VisitJson(file.path(), text, index);
  std::vector<Tensor> all;
  for (const auto& [name, tensors] : index.files()) {
    const std::string shard = std::filesystem::path(path).replace_filename(name);
    std::vector<Tensor> read = ReadSafetensors(shard);
    CheckNames(file.path(), name, read, tensors);
    all.insert(all.end(), std::make_move_iterator(read.begin()),
               std::make_move_iterator(read.end()));
  }
  return all;
}

}  // namespace biasbench::model
