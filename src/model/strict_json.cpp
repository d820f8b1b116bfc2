#include "model/strict_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>
#include <vector>

#include "model/error.h"
#include "text/excerpt.h"

namespace biasbench::model {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 16;

class StrictParser : public nlohmann::json_sax<json> {
 public:
  StrictParser(std::string_view path, std::string_view text, JsonVisitor& visitor)
      : path_(path), text_(text), visitor_(visitor) {}

  bool null() override { return Take(std::monostate()); }
  bool boolean(bool /*value*/) override { return Take(std::monostate()); }
  bool number_integer(json::number_integer_t value) override {
    return Take(static_cast<double>(value));
  }
  bool number_unsigned(json::number_unsigned_t value) override { return Take(value); }
  bool number_float(json::number_float_t value, const std::string& /*text*/) override {
    return Take(value);
  }
  bool string(std::string& value) override { return Take(std::move(value)); }
  bool binary(json::binary_t& /*value*/) override { return Take(std::monostate()); }

  bool start_object(std::size_t /*size*/) override { return Begin(true); }
  bool start_array(std::size_t /*size*/) override { return Begin(false); }
  bool end_object() override { return End(); }
  bool end_array() override { return End(); }

  bool key(std::string& key) override {
    if (!objects_.back().insert(key).second) {
      Fail(fmt::format("the key '{}' stands twice in one object", text::Excerpt(key)));
    }
    keys_.push_back(std::move(key));
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const json::exception& error) override {
    if (dynamic_cast<const json::out_of_range*>(&error) != nullptr) {
      Fail(fmt::format("a number out of range at byte {} of its JSON", position));
    }
    if (position > text_.size()) Fail("truncated: its JSON ends unfinished");
    Fail(fmt::format("no valid JSON at byte {} of it", position));
  }

 private:
  [[noreturn]] void Fail(std::string_view what) const {
    throw Error(fmt::format("{}: {}", path_, what));
  }

  bool InArray() const { return !is_object_.empty() && !is_object_.back(); }

  bool Begin(bool is_object) {
    if (is_object_.size() == kDeepest) {
      Fail(fmt::format("JSON that is nested more than {} deep", kDeepest));
    }
    if (InArray()) keys_.emplace_back(kElement);
    visitor_.Begin(keys_, is_object);
    is_object_.push_back(is_object);
    if (is_object) objects_.emplace_back();
    return true;
  }

  bool End() {
    if (is_object_.back()) objects_.pop_back();
    is_object_.pop_back();
    visitor_.End(keys_);
    if (!is_object_.empty()) keys_.pop_back();
    return true;
  }

  bool Take(JsonScalar value) {
    if (InArray()) keys_.emplace_back(kElement);
    visitor_.Take(keys_, std::move(value));
    if (!is_object_.empty()) keys_.pop_back();
    return true;
  }

  std::string_view path_;
  std::string_view text_;
  JsonVisitor& visitor_;
  std::vector<std::string> keys_;
  std::vector<bool> is_object_;                           // of the objects and arrays that are open
  std::vector<std::unordered_set<std::string>> objects_;  // the keys of those that are objects
};

}  // namespace

void VisitJson(std::string_view path, std::string_view text, JsonVisitor& visitor) {
  StrictParser parser(path, text, visitor);
  json::sax_parse(text.begin(), text.end(), &parser);
}

}  // namespace biasbench::model
