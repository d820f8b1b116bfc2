#include "bench/curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string_view>

#include "record/result_file.h"

namespace biasbench::bench {
namespace {

constexpr std::string_view kHeader =
    "name,task,strategy,hidden,seed,epoch,train_loss,test_loss,test_accuracy,train_seconds,"
    "imitation_ratio\n";

// Empty where there is no (finite) number.
std::string Field(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? "" : found->dump();
}

}  // namespace

Curves::Curves(std::filesystem::path path, const std::set<std::string>& kept_names)
    : path_(std::move(path)) {
  record::CheckWritable(path_);
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);) {
    const std::string name = line.substr(0, line.find(','));
    if (kept_names.contains(name)) LinesOf(name) += line + "\n";
  }
  Write();
}

std::string& Curves::LinesOf(const std::string& name) {
  const auto found = std::ranges::find(curves_, name, &Curve::name);
  return (found != curves_.end() ? *found : curves_.emplace_back(Curve{name, ""})).lines;
}

void Curves::Add(const std::string& name, const nlohmann::json& keys,
                 const nlohmann::json& result) {
  const std::string row = fmt::format("{},{},{},{},{}", name, keys.at("task").get<std::string>(),
                                      keys.at("strategy").get<std::string>(),
                                      keys.at("hidden").dump(), keys.at("seed").dump());
  std::string lines = fmt::format("{},0,{},,,0,{}\n", row, Field(result, "initial_loss"),
                                  Field(result, "initial_imitation_ratio"));
  for (const nlohmann::json& epoch : result.at("epochs")) {
    const nlohmann::json test = epoch.value("test", nlohmann::json::object());
    lines += fmt::format("{},{},{},{},{},{},{}\n", row, Field(epoch, "epoch"),
                         Field(epoch, "train_loss"), Field(test, "loss"), Field(test, "accuracy"),
                         Field(epoch, "train_seconds"), Field(epoch, "imitation_ratio"));
  }
  LinesOf(name) = lines;
  Write();
}

void Curves::Write() const {
  std::string text(kHeader);
  for (const Curve& curve : curves_) text += curve.lines;
  record::WriteText(path_, text);
}

}  // namespace biasbench::bench
