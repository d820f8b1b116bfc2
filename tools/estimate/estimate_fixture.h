// Runs the program as users do. ESTIMATE_PROGRAM, a macro, is its file.
#pragma once

#include <stdio.h>
#include <sys/wait.h>

#include <sstream>
#include <string>
#include <vector>

namespace biasbench::tools {

struct Answer {
  int status = -1;
  std::string text;  // standard output and error

  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }
  // The first line that begins with the words.
  std::string Line(const std::string& words) const {
    for (const std::string& line : Lines()) {
      if (line.starts_with(words)) return line;
    }
    return "no line " + words;
  }
};

inline Answer Estimate(const std::string& flags) {
  Answer answer;
  FILE* const pipe = popen((std::string(ESTIMATE_PROGRAM) + " " + flags + " 2>&1").c_str(), "r");
  for (int character = 0; (character = fgetc(pipe)) != EOF;) {
    answer.text += static_cast<char>(character);
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status)) answer.status = WEXITSTATUS(status);
  return answer;
}

}  // namespace biasbench::tools
