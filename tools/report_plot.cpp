#include "report_plot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "record/temporary_folder.h"

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

// gnuplot's own settings for every figure.
std::string Prologue(const Plot& plot) {
  return fmt::format(
      "set encoding utf8\n"
      "set terminal svg size {},{} font 'sans-serif,14' noenhanced background '#ffffff' name {}\n"
      "set output 'picture.svg'\n"
      "set border 3 lc '#444444'\nset tics nomirror out scale 0.6 textcolor '#222222'\n"
      "set xtics offset 0,0.3\nset xlabel offset 0,0.6\nset title offset 0,-0.5\n"
      "set grid lc '#dddddd' lw 1\nset datafile separator tab\nset key samplen 2 spacing 1.1\n",
      kPlotWidthPx, plot.height_px, Quote(plot.name));
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

std::string Quote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += std::iscntrl(static_cast<unsigned char>(c)) ? ' ' : c;
  }
  quoted += '\'';
  return quoted;
}

std::string PlotCommand(std::string_view clauses) {
  if (clauses.ends_with(", ")) clauses.remove_suffix(2);
  return fmt::format("plot {}\n", clauses);
}

ByteUnit UnitFor(double max_bytes) {
  if (max_bytes < 0x1p13) return {"bytes", 1};
  if (max_bytes < 0x1p20) return {"KiB", 0x1p10};
  if (max_bytes < 0x1p30) return {"MiB", 0x1p20};
  return {"GiB", 0x1p30};
}

std::string AxisFromZero(double end) {
  const double power = std::pow(10, std::floor(std::log10(end / 5)));
  double step = 10 * power;
  for (const double factor : {5, 2, 1}) {
    if (end / (factor * power) <= 5) step = factor * power;
  }
  return fmt::format("set xrange [0:{}]\nset xtics {}\n", end, step);
}

void Lanes::AddHeading(const std::string& text) {
  if (y_ > 0) y_ += 0.4;
  Write(text + ":");
}

double Lanes::Add(const std::string& label) {
  Write(label);
  return y_;
}

void Lanes::Write(const std::string& text) {
  y_ += 1;
  tics_ += fmt::format("{}{} {}", tics_.empty() ? "" : ", ", Quote(text), y_);
}

std::string Lanes::Axis(bool with_labels) const {
  return fmt::format("set yrange [{}:0.3]\n{}\n", y_ + 0.7,
                     with_labels ? fmt::format("set ytics scale 0 ({})", tics_) : "unset ytics");
}

std::string Render(const Plot& plot) {
  const record::TemporaryFolder folder("biasbench-report");
  for (const auto& [name, text] : plot.data_files) WriteFile(folder.path() / name, text);
  WriteFile(folder.path() / "script.gp", Prologue(plot) + plot.script);
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
    throw PlotError(fmt::format("gnuplot failed on figure '{}' with exit code {}: {}", plot.name,
                                code, LastLine(ReadFile(folder.path() / "messages"))));
  }
  return svg;
}

}  // namespace biasbench::report
