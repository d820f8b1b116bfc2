#include "bench/program/curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string_view>

#include "record/result_file.h"

namespace biasbench::bench {
namespace {

constexpr std::string_view kHeader =
    "name,epoch,train_loss,test_loss,test_accuracy,train_seconds,imitation_ratio";

// The number with the digits of single precision; empty if there is none or it is not finite.
std::string Field(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return "";
  return fmt::format("{:.7g}", found->get<double>());
}

}  // namespace

Curves::Curves(std::filesystem::path path, const std::set<std::string>& kept_names)
    : path_(std::move(path)) {
  record::CheckWritable(path_);
  if (!kept_names.empty()) Read(kept_names);
  Write();
}

void Curves::Read(const std::set<std::string>& kept_names) {
  std::ifstream file(path_);
  std::string line;
  if (std::getline(file, line) && line != kHeader) {
    throw record::FileError(
        fmt::format("{}: not curves of this version, whose first line is {}; choose another file",
                    path_.string(), kHeader));
  }
  for (std::string name; std::getline(file, line);) {
    const std::size_t name_bytes = line.find(',');
    if (name_bytes > 0) name = line.substr(0, name_bytes);
    if (kept_names.contains(name)) LinesOf(name) += line + "\n";
  }
}

std::string& Curves::LinesOf(const std::string& name) {
  const auto found = std::ranges::find(curves_, name, &Curve::name);
  return (found != curves_.end() ? *found : curves_.emplace_back(Curve{name, ""})).lines;
}

void Curves::Add(const std::string& name, const nlohmann::json& result) {
  std::string lines = fmt::format("{},0,{},,,0,{}\n", name, Field(result, "initial_loss"),
                                  Field(result, "initial_imitation_ratio"));
  for (const nlohmann::json& epoch : result.at("epochs")) {
    const nlohmann::json test = epoch.value("test", nlohmann::json::object());
    lines += fmt::format(",{},{},{},{},{},{}\n", epoch.at("epoch").dump(),
                         Field(epoch, "train_loss"), Field(test, "loss"), Field(test, "accuracy"),
                         Field(epoch, "train_seconds"), Field(epoch, "imitation_ratio"));
  }
  LinesOf(name) = lines;
  Write();
}

void Curves::Write() const {
  std::string text = fmt::format("{}\n", kHeader);
  for (const Curve& curve : curves_) text += curve.lines;
  record::WriteText(path_, text);
}

}  // namespace biasbench::bench
