#include "bench/own_data_flags.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string_view>
#include <utility>

namespace biasbench::bench {
namespace {

constexpr std::string_view kClassification = "classification";
constexpr std::string_view kRegression = "regression";
constexpr std::string_view kStandardize = "standardize";
constexpr std::string_view kNone = "none";

// Whether `text` is `yes` rather than `no`; `otherwise` if it is empty.
bool IsYes(std::string_view flag, const std::string& text, std::string_view yes,
           std::string_view no, bool otherwise) {
  if (text.empty()) return otherwise;
  if (text == yes || text == no) return text == yes;
  throw std::invalid_argument(
      fmt::format("{}: unknown '{}': expected one of {}, {}", flag, text, yes, no));
}

void Refuse(std::string_view flag, const std::string& text, std::string_view why) {
  if (!text.empty()) throw std::invalid_argument(fmt::format("{}: {}", flag, why));
}

data::OwnFiles FilesOf(const OwnDataFlags& flags) {
  data::OwnFiles files{.train = flags.train, .test = flags.test, .target = flags.target};
  const bool are_idx = data::AreIdxFiles(files.train);
  files.is_classification = IsYes("--kind", flags.kind, kClassification, kRegression, are_idx);
  files.is_standardized = IsYes("--scale", flags.scale, kStandardize, kNone, !are_idx);
  if (are_idx) {
    Refuse("--target", flags.target, "IDX files have no columns; leave it out");
    Refuse("--scale", flags.scale, "IDX files hold bytes, worth 1/255 each; leave it out");
    if (!files.is_classification) {
      throw std::invalid_argument("--kind: IDX files hold labels, expected classification");
    }
  }
  return files;
}

}  // namespace

std::optional<data::OwnData> ExamineOwnData(const OwnDataFlags& flags) {
  if (flags.train.empty() && flags.test.empty()) {
    for (const auto& [flag, text] :
         {std::pair("--target", flags.target), std::pair("--kind", flags.kind),
          std::pair("--scale", flags.scale)}) {
      Refuse(flag, text, "needs --train and --test");
    }
    return std::nullopt;
  }
  if (flags.test.empty()) throw std::invalid_argument("--train: needs --test, data to test with");
  if (flags.train.empty()) throw std::invalid_argument("--test: needs --train, data to train on");
  return data::ExamineOwnData(FilesOf(flags));
}

std::vector<std::string> RepeatFlags(const data::OwnFiles& files) {
  std::vector<std::string> flags = {
      fmt::format("--train={}", files.train), fmt::format("--test={}", files.test),
      fmt::format("--kind={}", files.is_classification ? kClassification : kRegression)};
  if (data::AreIdxFiles(files.train)) return flags;
  if (!files.target.empty()) flags.push_back(fmt::format("--target={}", files.target));
  flags.push_back(fmt::format("--scale={}", files.is_standardized ? kStandardize : kNone));
  return flags;
}

nlohmann::json ToJson(const data::OwnData& data) {
  return {{"train_file", data.files.train},
          {"test_file", data.files.test},
          {"target", data.files.target},
          {"is_classification", data.files.is_classification},
          {"is_standardized", data.files.is_standardized},
          {"inputs", data.inputs},
          {"outputs", data.outputs},
          {"train_samples", data.train_samples},
          {"test_samples", data.test_samples},
          {"digest", data.digest}};
}

data::OwnData OwnDataFromJson(const nlohmann::json& json) {
  return {.files = {.train = json.at("train_file"),
                    .test = json.at("test_file"),
                    .target = json.at("target"),
                    .is_classification = json.at("is_classification"),
                    .is_standardized = json.at("is_standardized")},
          .inputs = json.at("inputs"),
          .outputs = json.at("outputs"),
          .train_samples = json.at("train_samples"),
          .test_samples = json.at("test_samples"),
          .digest = json.at("digest")};
}

}  // namespace biasbench::bench
