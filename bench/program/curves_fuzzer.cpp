// The input is a file of learning curves, which a run goes on with that keeps all of its curves.
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "bench/program/curves.h"
#include "fuzzing/input_folder.h"
#include "record/result_file.h"

namespace {

using namespace biasbench;
using fuzzing::Require;

std::string TextOfFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The first fields of all lines but the header, and the number of lines from the first of them on.
struct Names {
  std::set<std::string> names;
  std::ptrdiff_t lines = 0;
};

Names NamesOf(std::string_view text) {
  Names found;
  std::string name;
  text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.starts_with(',')) name = line.substr(0, line.find(','));
    if (name.empty()) continue;
    found.names.insert(name);
    ++found.lines;
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzzing::InputFolder folder;
  const std::string_view text = fuzzing::TextOf(data, size);
  if (text.empty()) return -1;
  const Names found = NamesOf(text);
  if (found.names.empty()) return 0;
  folder.Put("curves.csv", text);
  const std::filesystem::path path = folder.path() / "curves.csv";
  try {
    bench::Curves(path, found.names);
  } catch (const record::FileError&) {
    Require(TextOfFile(path) == text, "a file that is refused stays as it was");
    return 0;
  }
  const std::string kept = TextOfFile(path);
  Require(std::ranges::count(kept, '\n') == found.lines + 1, "every curve keeps its lines");
  bench::Curves curves(path, found.names);
  Require(TextOfFile(path) == kept, "a file that is kept is the same again");
  curves.Add("new", {{"initial_loss", 0.5}, {"epochs", nlohmann::json::array()}});
  Require(found.names.contains("new") || TextOfFile(path) == kept + "new,0,0.5,,,0,\n",
          "a new curve follows the others");
  return 0;
}
