#include "preset/preset_rows.h"

#include <fmt/format.h>
#include <stdio.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <utility>

#include "record/result_file.h"

namespace biasbench::tools {
namespace {

struct Answer {
  int status;
  std::string text;  // stdout and stderr
};

Answer Ask(const std::string& command) {
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {127, "cannot be started"};
  Answer answer{0, {}};
  std::array<char, 4096> buffer;
  for (std::size_t count = 1; count > 0;) {
    count = fread(buffer.data(), 1, buffer.size(), pipe);
    answer.text.append(buffer.data(), count);
  }
  answer.status = pclose(pipe);
  return answer;
}

std::string ShellWord(const std::string& text) {
  std::string word = "'";
  for (const char letter : text) word += letter == '\'' ? "'\\''" : std::string(1, letter);
  return word + "'";
}

}  // namespace

std::vector<PresetStep> MeasureRowsOnce(std::vector<PresetCommand> commands,
                                        const ListRows& list_rows) {
  std::ranges::stable_sort(commands, std::greater(), &PresetCommand::repetitions);
  std::vector<PresetStep> steps;
  std::set<std::string> measured;
  for (PresetCommand& command : commands) {
    const std::vector<std::string> all = list_rows(command);
    std::vector<std::string> rows;
    std::ranges::copy_if(all, std::back_inserter(rows),
                         [&](const std::string& row) { return measured.insert(row).second; });
    if (rows.empty()) continue;
    command.seconds *= static_cast<double>(rows.size()) / static_cast<double>(all.size());
    steps.push_back({std::move(command), std::move(rows)});
  }
  return steps;
}

ListRows AskPrograms(const std::filesystem::path& folder) {
  return [folder](const PresetCommand& command) {
    const Answer answer = Ask(fmt::format("{}/{} --benchmark_list_tests 2>&1",
                                          ShellWord(folder.string()), CommandText(command)));
    std::vector<std::string> lines;
    std::istringstream text(answer.text);
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    if (answer.status != 0 || lines.empty()) {
      throw record::FileError(
          fmt::format("{}: {}", command.place, lines.empty() ? "no rows" : lines.front()));
    }
    // A program may print a note on its build before the names.
    std::erase_if(
        lines, [&](const std::string& line) { return !line.starts_with(command.program + "/"); });
    return lines;
  };
}

}  // namespace biasbench::tools
