// A strict reader of JSON from untrusted files.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace biasbench::model {

// The keys that lead to a value. Elements of arrays have the key kElement.
using Keys = std::span<const std::string>;
inline constexpr std::string_view kElement = "[]";

// A number that is no whole one from 0 up is a double; true, false and null are no value.
using JsonScalar = std::variant<std::monostate, std::uint64_t, double, std::string>;

// Takes what it wants of a document; nothing else of it is kept. May throw.
class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;
  virtual void Begin(Keys keys, bool is_object) = 0;  // of an object or an array
  virtual void End(Keys keys) = 0;
  virtual void Take(Keys keys, JsonScalar value) = 0;
};

// Throws Error if the text, of the file at `path`, is no JSON, has a key twice in an object or is
// nested more than 16 deep.
void VisitJson(std::string_view path, std::string_view text, JsonVisitor& visitor);

}  // namespace biasbench::model
