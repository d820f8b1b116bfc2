// report DIR: turns a folder of results into a short report, its appendix and figures/*.svg.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <utility>
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

// By their paths in the folder that is written to.
using Files = std::vector<std::pair<fs::path, std::string>>;

// The pages, and the pictures first. `folder` is how pages reach the results.
Files Render(const report::Results& results, const std::vector<report::Finding>& findings,
             const std::string& folder) {
  const std::vector<report::Figure> figures = report::MakeFigures(results, findings);
  std::map<std::string, std::string> pictures;
  Files files;
  for (const report::Figure& figure : figures) {
    pictures[figure.name] = report::Draw(figure);
    files.emplace_back(fs::path("figures") / (figure.name + ".svg"), pictures[figure.name]);
  }
  const report::Pages pages = report::MakePages({results, findings, figures, folder});
  files.emplace_back("report.md", pages.report);
  files.emplace_back("report.html", report::HtmlOf(pages.report, pictures));
  files.emplace_back("rows.md", pages.rows);
  files.emplace_back("rows.html", report::HtmlOf(pages.rows, pictures, true));
  if (results.theory) files.emplace_back("theory.html", report::HtmlOf(*results.theory, {}));
  return files;
}

// The path from a page in `output` to `folder`; "" if they are the same.
std::string PathBetween(const fs::path& output, const fs::path& folder) {
  const fs::path path = fs::proximate(folder, output);
  return path == "." ? "" : path.generic_string() + "/";
}

// Everything is drawn and rendered before the first file is written.
void Run(const fs::path& folder, const fs::path& output, const std::vector<fs::path>& quoting) {
  const report::Results results = report::LoadFolder(folder);
  const std::vector<report::Finding> findings = report::FindAll(results);
  const Files files = Render(results, findings, PathBetween(output, folder));
  std::vector<std::string> filled;
  const report::Facts facts = report::MakeFacts(results, findings);
  for (const fs::path& path : quoting) {
    filled.push_back(report::Fill(report::ReadText(path), facts, path.string()));
  }

  std::error_code error;
  fs::create_directories(output / "figures", error);
  if (error) {
    throw record::FileError(fmt::format("--output: cannot make the folder {}: {}",
                                        text::PathExcerpt((output / "figures").string()),
                                        error.message()));
  }
  for (const auto& [path, contents] : files) record::WriteText(output / path, contents);
  for (std::size_t i = 0; i < quoting.size(); ++i) record::WriteText(quoting[i], filled[i]);
  const std::string warning = report::BuildWarning(results);
  if (!warning.empty()) record::PrintError("report", warning);
  fmt::print("{}\n{}\n", (output / "report.md").string(), (output / "report.html").string());
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Writes a short report (report.md, report.html), its appendix of all other tables and every "
      "row's command (rows.md, rows.html) and figures/*.svg from a folder of results: "
      "footprint.json, throughput.json, convergence.json, curves.csv, machine.json (any of them "
      "may be missing). If the folder above holds theory.md, it is rendered beside them as "
      "theory.html.",
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
