#include "model/safetensors_index.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "model/written_files.h"

namespace biasbench::model {
namespace {

namespace fs = std::filesystem;

// A folder with two files: a and b are in one.safetensors, c in two.safetensors.
class SafetensorsIndex : public testing::Test {
 protected:
  SafetensorsIndex() {
    fs::create_directories(folder_);
    WriteSafetensors(folder_ / "one.safetensors", {{"a", {2}}, {"b", {3}}});
    WriteSafetensors(folder_ / "two.safetensors", {{"c", {4}}});
  }

  std::vector<Tensor> Read(const std::string& index) const {
    return ReadSafetensorsIndex(WriteFile(folder_ / "model.safetensors.index.json", index));
  }
  std::string Refusal(const std::string& map) const {
    return ErrorOf([&] { Read(R"({"weight_map":)" + map + "}"); });
  }

  const fs::path folder_ = TestPath("folder");
};

TEST_F(SafetensorsIndex, ReadsAllFiles) {
  const std::vector<Tensor> tensors =
      Read(R"({"metadata":{"total_size":36,"by":["any",{"one":null}]},"weight_map":)"
           R"({"c":"two.safetensors","a":"one.safetensors","b":"one.safetensors"}})");
  ASSERT_EQ(tensors.size(), 3U);
  EXPECT_EQ(tensors[0].name, "a");
  EXPECT_EQ(tensors[1].name, "b");
  EXPECT_EQ(tensors[2].name, "c");
}

TEST_F(SafetensorsIndex, FilesMayBeLinks) {
  fs::remove(folder_ / "link.safetensors");
  fs::create_symlink("two.safetensors", folder_ / "link.safetensors");
  EXPECT_EQ(Read(R"({"weight_map":{"c":"link.safetensors"}})").size(), 1U);
}

TEST_F(SafetensorsIndex, RefusesFilesThatAreNotBesideIt) {
  for (const std::string file :
       {"/tmp/c.safetensors", "../c.safetensors", "sub/c", "..", "", "."}) {
    EXPECT_EQ(Refusal(R"({"c":")" + file + R"("})"),
              "tensor 'c' is said to be in '" + file + "', expected a file beside the index");
  }
  EXPECT_EQ(Refusal(R"({"c":"three.safetensors"})"), "No such file or directory");
}

TEST_F(SafetensorsIndex, RefusesFilesThatDoNotFit) {
  EXPECT_EQ(Refusal(R"({"a":"one.safetensors"})"),
            "tensor 'b' of one.safetensors is not in the index");
  EXPECT_EQ(Refusal(R"({"c":"two.safetensors","d":"two.safetensors"})"),
            "tensor 'd' is not in two.safetensors, where the index has it");
  EXPECT_EQ(Refusal(R"({"c":"two.safetensors","c":"one.safetensors"})"),
            "the key 'c' stands twice in one object");
}

TEST_F(SafetensorsIndex, RefusesWhatIsNoIndex) {
  EXPECT_EQ(Refusal("[]"), "its weight_map is no JSON object");
  EXPECT_EQ(Refusal("{}"),
            "no index of safetensors files: expected an object weight_map of tensors and files");
  EXPECT_EQ(Refusal(R"({"a":3})"), "tensor 'a': expected the name of its file");
  EXPECT_EQ(Refusal(R"({"a":{"b":"c"}})"), "tensor 'a': expected the name of its file");
  EXPECT_EQ(Refusal("3"), "tensor 'weight_map': expected the name of its file");
}

}  // namespace
}  // namespace biasbench::model
