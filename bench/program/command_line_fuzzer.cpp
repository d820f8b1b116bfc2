// The input is a command line, a word in each line, of which the first is the program's name.
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/program/command_line.h"
#include "data/dataset.h"
#include "fuzzing/input_folder.h"
#include "setting/description.h"

namespace {

using namespace biasbench;
using namespace std::string_view_literals;
using fuzzing::Require;

constexpr setting::Default kDefaults[] = {{"schedule", "textbook,in_place,recompute"}};

constexpr setting::Program kPrograms[] = {
    {.name = "footprint", .summary = "Memory.", .examples = "  footprint\n", .defaults = kDefaults},
    {.name = "throughput", .summary = "Speed.", .examples = "  throughput\n"},
    {.name = "stability",
     .summary = "Rates.",
     .examples = "  stability\n",
     .trains_on_tasks = true},
    {.name = "convergence",
     .summary = "Losses.",
     .examples = "  convergence\n",
     .trains_on_tasks = true,
     .follows_epochs = true},
};

const setting::Program& ProgramOf(std::string_view name) {
  for (const setting::Program& program : kPrograms) {
    if (program.name == name) return program;
  }
  return kPrograms[0];
}

// Data files for --train and --test; being in their folder, the program finds no others.
bool EnterFolderOfData() {
  static const fuzzing::InputFolder folder;
  folder.Put("t.csv", "a,b\n1,2\n3,4\n5,6\n7,9\n");
  folder.Put(
      "x.npy",
      "\x93NUMPY\x01\0\x3b\0{'descr': '|u1', 'fortran_order': False, 'shape': (4, 1)}\n1234"sv);
  folder.Put(
      "y.npy",
      "\x93NUMPY\x01\0\x3a\0{'descr': '|u1', 'fortran_order': False, 'shape': (4,)}\n\0\1\0\1"sv);
  std::filesystem::current_path(folder.path());
  return true;
}

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) words.push_back(line);
  return words;
}

void CheckRepeats(const setting::Program& program, const setting::Setting& configuration) {
  const nlohmann::json json = ToJson(configuration);
  const std::string name = CanonicalName(program.name, configuration);
  Require(ToJson(setting::FromJson(json)) == json, "a process is told all of an instance");
  const bench::CommandLine line = bench::ParseCommandLine(program, RepeatFlags(configuration));
  Require(line.configurations.size() == 1, "an instance's flags select one");
  Require(CanonicalName(program.name, line.configurations[0]) == name, "they select it by name");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool has_data = EnterFolderOfData();
  const std::string_view text = fuzzing::TextOf(data, size);
  // No file of this machine's.
  if (!has_data || text.empty() || text.find('/') != std::string_view::npos) return -1;
  std::vector<std::string> words = WordsOf(text);
  const setting::Program& program = ProgramOf(words[0]);
  words.erase(words.begin());
  try {
    const bench::CommandLine line = bench::ParseCommandLine(program, words);
    Require(line.answer.empty() != line.configurations.empty(), "there is an answer or a row");
    if (!line.answer.empty()) return 0;
    CheckRepeats(program, line.configurations.front());
    CheckRepeats(program, line.configurations.back());
  } catch (const std::invalid_argument& error) {
    Require(std::string_view(error.what()).find('\n') == std::string_view::npos,
            "an error is one line");
  } catch (const data::Error&) {
  }
  return 0;
}
