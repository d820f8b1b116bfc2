#include "preset/preset_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <system_error>

#include "record/result_file.h"
#include "text/excerpt.h"

namespace biasbench::tools {
namespace {

namespace fs = std::filesystem;
using record::FileError;
using Words = std::vector<std::string>;

constexpr auto kPrograms =
    std::to_array<std::string_view>({"footprint", "throughput", "convergence", "stability"});
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_";
// The characters of commands: none that a shell would interpret, since commands are shown for
// people to type.
constexpr std::string_view kPlain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=,./:";

template <class Number>
bool ReadNumber(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && rest == end;
}

// The value of the last flag of that name; nullopt if there is none.
std::string_view ValueOf(const Words& flags, std::string_view name) {
  std::string_view value;
  for (const std::string_view flag : flags) {
    if (flag.starts_with(name)) value = flag.substr(name.size());
  }
  return value;
}

class Reader {
 public:
  explicit Reader(int threads) : names_{{"threads", std::to_string(threads)}} {}

  std::vector<PresetCommand> Read(const fs::path& path) {
    std::ifstream file(path);
    if (!file || fs::is_directory(path)) {
      throw FileError(fmt::format("{}: cannot read", path.string()));
    }
    if (std::ranges::find(open_, path.lexically_normal()) != open_.end()) {
      throw FileError(fmt::format("{}: includes itself", path.string()));
    }
    open_.push_back(path.lexically_normal());
    std::vector<PresetCommand> own;
    std::vector<PresetCommand> included;
    int number = 0;
    for (std::string line; std::getline(file, line);) {
      const std::string place = fmt::format("{}:{}", path.string(), ++number);
      try {
        ReadLine(line, place, path, own, included);
      } catch (const std::invalid_argument& error) {
        throw FileError(fmt::format("{}: {}", place, error.what()));
      }
    }
    open_.pop_back();
    std::ranges::move(included, std::back_inserter(own));
    return own;
  }

 private:
  void ReadLine(const std::string& line, const std::string& place, const fs::path& path,
                std::vector<PresetCommand>& own, std::vector<PresetCommand>& included) {
    std::istringstream stream(Expand(line.substr(0, line.find('#'))));
    Words words{std::istream_iterator<std::string>(stream), {}};
    if (words.empty()) return;
    if (words.size() > 1 && words[1] == "=") {
      Define(words);
    } else if (words.front() == "include") {
      if (words.size() != 2) throw std::invalid_argument("expected include FILE");
      std::ranges::move(Read(path.parent_path() / words[1]), std::back_inserter(included));
    } else {
      own.push_back(Command(words, place));
    }
  }

  // `line` with each $name replaced.
  std::string Expand(const std::string& line) const {
    std::string expanded;
    for (std::size_t begin = 0; begin < line.size();) {
      if (line[begin] != '$') {
        expanded += line[begin++];
        continue;
      }
      const std::size_t end = std::min(line.find_first_not_of(kLetters, begin + 1), line.size());
      const std::string name = line.substr(begin + 1, end - begin - 1);
      const auto found = names_.find(name);
      if (found == names_.end()) {
        throw std::invalid_argument(fmt::format("${} is not defined", text::Excerpt(name)));
      }
      expanded += found->second;
      begin = end;
    }
    return expanded;
  }

  void Define(const Words& words) {
    const std::string& name = words.front();
    if (name.find_first_not_of(kLetters) != std::string::npos) {
      throw std::invalid_argument(
          fmt::format("'{}' is no name: expected a-z, 0-9 and _", text::Excerpt(name)));
    }
    const auto value = fmt::format("{}", fmt::join(words.begin() + 2, words.end(), " "));
    if (value.empty()) throw std::invalid_argument(fmt::format("{} = nothing", name));
    if (!names_.emplace(name, value).second) {
      throw std::invalid_argument(fmt::format("{} is defined already", text::Excerpt(name)));
    }
  }

  PresetCommand Command(const Words& words, const std::string& place) const {
    PresetCommand command;
    command.place = place;
    if (!ReadNumber(words.front(), command.seconds) || !(command.seconds > 0) ||
        !std::isfinite(command.seconds)) {
      throw std::invalid_argument(
          fmt::format("'{}': expected a command's seconds", text::Excerpt(words.front())));
    }
    command.program = words.size() > 1 ? words[1] : "";
    if (std::ranges::find(kPrograms, command.program) == kPrograms.end()) {
      throw std::invalid_argument(fmt::format("'{}' is none of {}", text::Excerpt(command.program),
                                              fmt::join(kPrograms, ", ")));
    }
    command.flags.assign(words.begin() + 2, words.end());
    for (const std::string& flag : command.flags) {
      if (!flag.starts_with("--") || flag.find_first_not_of(kPlain) != std::string::npos) {
        throw std::invalid_argument(fmt::format("'{}' is no plain flag", text::Excerpt(flag)));
      }
    }
    // A program's defaults may change; a preset's rows should not.
    if (ValueOf(command.flags, "--schedules=").empty()) {
      throw std::invalid_argument("no --schedules");
    }
    const std::string_view repetitions = ValueOf(command.flags, "--benchmark_repetitions=");
    if (!repetitions.empty() && !ReadNumber(repetitions, command.repetitions)) {
      throw std::invalid_argument("--benchmark_repetitions: expected a number");
    }
    if (ValueOf(command.flags, "--threads=").empty()) {
      command.flags.push_back("--threads=" + names_.at("threads"));
    }
    return command;
  }

  std::map<std::string, std::string> names_;
  std::vector<fs::path> open_;  // files that are being read, each included by the one before
};

}  // namespace

std::string CommandText(const PresetCommand& command) {
  return fmt::format("{} {}", command.program, fmt::join(command.flags, " "));
}

std::vector<PresetCommand> ReadPreset(const fs::path& path, int threads) {
  return Reader(threads).Read(path);
}

}  // namespace biasbench::tools
