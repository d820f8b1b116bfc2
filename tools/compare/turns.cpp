#include "compare/turns.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "record/result_file.h"

namespace biasbench::tools {
namespace {

namespace fs = std::filesystem;
using Groups = std::map<std::string, std::vector<record::ResultRow>>;

Groups ByFullName(const ComparableResults& results) {
  Groups rows;
  for (const auto& [name, group] : results.groups) {
    for (const record::ResultRow& row : group) rows[FullName(row)].push_back(row);
  }
  return rows;
}

void Append(const std::vector<record::ResultRow>& rows, std::size_t count, Groups& groups,
            const std::string& name) {
  std::copy_n(rows.begin(), count, std::back_inserter(groups[name]));
}

// A row that never had a counterpart is found at the end.
void AddLone(const Groups& lone, const Groups& others, Groups& groups) {
  for (const auto& [name, rows] : lone) {
    if (!others.contains(name)) Append(rows, rows.size(), groups, name);
  }
}

}  // namespace

std::pair<ComparableResults, ComparableResults> LoadTurns(const fs::path& a, const fs::path& b) {
  std::pair<ComparableResults, ComparableResults> both;
  auto& [of_a, of_b] = both;
  Groups lone_a;
  Groups lone_b;
  for (int turn = 1; fs::exists(a / std::to_string(turn)); ++turn) {
    const std::string folder = std::to_string(turn);
    if (!fs::exists(b / folder)) break;
    const ComparableResults turn_a = LoadComparable(a / folder);
    const ComparableResults turn_b = LoadComparable(b / folder);
    std::ranges::copy(turn_a.contexts, std::back_inserter(of_a.contexts));
    std::ranges::copy(turn_b.contexts, std::back_inserter(of_b.contexts));
    const Groups rows_a = ByFullName(turn_a);
    const Groups rows_b = ByFullName(turn_b);
    for (const auto& [name, rows] : rows_a) {
      const auto other = rows_b.find(name);
      if (other == rows_b.end()) {
        lone_a[name] = rows;
        continue;
      }
      const std::size_t count = std::min(rows.size(), other->second.size());
      Append(rows, count, of_a.groups, name);
      Append(other->second, count, of_b.groups, name);
    }
    for (const auto& [name, rows] : rows_b) {
      if (!rows_a.contains(name)) lone_b[name] = rows;
    }
  }
  if (of_a.contexts.empty()) {
    throw record::FileError(
        fmt::format("{}, {}: no folders 1, 2, … of turns in both", a.string(), b.string()));
  }
  AddLone(lone_a, of_b.groups, of_a.groups);
  AddLone(lone_b, of_a.groups, of_b.groups);
  return both;
}

}  // namespace biasbench::tools
