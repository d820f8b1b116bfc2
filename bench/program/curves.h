// The learning curves of convergence rows, as a file of comma-separated values: a line for each
// epoch, the row's name only in a curve's first.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace biasbench::bench {

class Curves {
 public:
  // Keeps those curves in the file at `path` whose names are in `kept_names`. Throws
  // record::FileError if the file cannot be written, or has other columns than are to stay in it.
  Curves(std::filesystem::path path, const std::set<std::string>& kept_names);

  // Adds a row's curve, or replaces it, and writes the file. `result` is an instance's answer to
  // {"train"}.
  void Add(const std::string& name, const nlohmann::json& result);

 private:
  struct Curve {
    std::string name;
    std::string lines;
  };
  void Read(const std::set<std::string>& kept_names);
  std::string& LinesOf(const std::string& name);
  void Write() const;

  std::filesystem::path path_;
  std::vector<Curve> curves_;  // in the order of the rows
};

}  // namespace biasbench::bench
