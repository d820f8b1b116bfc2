#include "report/gnuplot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <system_error>

#include "record/temporary_folder.h"
#include "report/gnuplot_script.h"

namespace biasbench::report {
namespace {

namespace fs = std::filesystem;

void WriteFile(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw PlotError(fmt::format("{}: cannot write", path.string()));
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Runs gnuplot in the folder; its exit code, or an errno made negative if it cannot be started.
int RunGnuplot(const fs::path& folder) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "messages", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  char name[] = "gnuplot";
  char defaults[] = "-d";  // the user's own gnuplotrc would change the figures
  char script[] = "script.gp";
  char* arguments[] = {name, defaults, script, nullptr};
  pid_t child = 0;
  const int error = posix_spawnp(&child, name, &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return -error;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The line that says what is wrong: gnuplot puts the script's text and a caret before it.
std::string LastLine(const std::string& messages) {
  const std::size_t end = messages.find_last_not_of(" \n");
  if (end == std::string::npos) return "no message";
  const std::size_t start = messages.rfind('\n', end);
  return messages.substr(start == std::string::npos ? 0 : start + 1, end - start);
}

}  // namespace

std::string Draw(const Figure& figure) {
  if (!figure.svg.empty()) return figure.svg;
  const Script script = ScriptOf(figure);
  const record::TemporaryFolder folder("biasbench-report");
  for (const auto& [name, text] : script.data_files) WriteFile(folder.path() / name, text);
  WriteFile(folder.path() / "script.gp", script.text);
  const int code = RunGnuplot(folder.path());
  if (code == -ENOENT) {
    throw PlotError("gnuplot is not installed: it draws the figures (Debian: gnuplot-nox)");
  }
  if (code < 0) {
    throw PlotError(
        fmt::format("cannot start gnuplot: {}", std::generic_category().message(-code)));
  }
  std::string svg = ReadFile(folder.path() / "picture.svg");
  if (code != 0 || svg.find("</svg>") == std::string::npos) {
    throw PlotError(fmt::format("gnuplot failed on figure '{}' with exit code {}: {}", figure.name,
                                code, LastLine(ReadFile(folder.path() / "messages"))));
  }
  static const std::regex titles_pattern(
      "<(title|desc)>[^<]*</(title|desc)>");  // names of data files
  return std::regex_replace(svg, titles_pattern, "");
}

}  // namespace biasbench::report
