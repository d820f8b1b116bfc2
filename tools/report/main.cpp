// report DIR: turns a folder of results into report.md, report.html and figures/*.svg.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include "bench/program/version.h"
#include "record/guarded_main.h"
#include "record/result_file.h"
#include "record/standard_streams.h"
#include "report/builds.h"
#include "report/content.h"
#include "report/facts.h"
#include "report/figures.h"
#include "report/fill.h"
#include "report/gnuplot.h"
#include "report/html.h"
#include "report/results.h"
#include "report/studies.h"
#include "text/excerpt.h"

namespace {

namespace fs = std::filesystem;
namespace record = biasbench::record;
namespace report = biasbench::report;
namespace text = biasbench::text;

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    throw record::FileError(
        fmt::format("--fill: cannot read {}", text::PathExcerpt(path.string())));
  }
  return text;
}

// Everything is drawn and rendered before the first file is written.
void Run(const fs::path& folder, const fs::path& output, const std::vector<fs::path>& quoting) {
  const report::Results results = report::LoadFolder(folder);
  const std::vector<report::Finding> findings = report::FindAll(results);
  const std::vector<report::Figure> figures = report::MakeFigures(results, findings);
  std::map<std::string, std::string> pictures;
  for (const report::Figure& figure : figures) pictures[figure.name] = report::Draw(figure);
  const std::string markdown = report::MakeReport(results, findings, figures);
  const std::string html = report::HtmlOf(markdown, pictures);
  std::vector<std::string> filled;
  const report::Facts facts = report::MakeFacts(results, findings);
  for (const fs::path& path : quoting) {
    filled.push_back(report::Fill(ReadText(path), facts, path.string()));
  }

  std::error_code error;
  fs::create_directories(output / "figures", error);
  if (error) {
    throw record::FileError(fmt::format("--output: cannot make the folder {}: {}",
                                        text::PathExcerpt((output / "figures").string()),
                                        error.message()));
  }
  for (const auto& [name, svg] : pictures) {
    record::WriteText(output / "figures" / (name + ".svg"), svg);
  }
  record::WriteText(output / "report.md", markdown);
  record::WriteText(output / "report.html", html);
  for (std::size_t i = 0; i < quoting.size(); ++i) record::WriteText(quoting[i], filled[i]);
  const std::string warning = report::BuildWarning(results);
  if (!warning.empty()) record::PrintError("report", warning);
  fmt::print("{}\n{}\n", (output / "report.md").string(), (output / "report.html").string());
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Writes report.md, report.html and figures/*.svg from a folder of results: footprint.json, "
      "throughput.json, convergence.json, curves.csv, machine.json (any of them may be missing).",
      "report");
  fs::path folder;
  fs::path output;
  app.add_option("DIR", folder, "the folder of results")->required();
  app.add_option("--output", output, "where to write (default: DIR)");
  std::vector<fs::path> quoting;
  app.add_option(
         "--fill", quoting,
         "also writes the figures between <!-- report:NAME --> and <!-- /report --> in this "
         "Markdown file (several: several times)")
      ->allow_extra_args(false);
  app.footer("Example: report results/reference\nNeeds gnuplot. Exits with 2 on any error.");
  biasbench::bench::AddVersionFlag(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& answer) {
    return app.exit(answer);
  }
  Run(folder, output.empty() ? folder : output, quoting);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return record::GuardedMain("report", [&] { return Main(argc, argv); });
}
