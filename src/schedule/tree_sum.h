// Sums over neighbouring leaves in the binary tree over their numbers. A node of the tree covers an
// aligned power of two of leaves; those beyond the last are left out:
//
//   leaves   0   1   2   3   4
//            └─┬─┘   └─┬─┘   │
//              └───┬───┘     │
//                  └────┬────┘
//
// So a sum has the same bits however leaves are divided among threads, or runs of leaves among
// ranks.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace biasbench::schedule {

// A run of neighbouring leaves of `size` numbers each, as the sums of the largest nodes that it
// covers: at most two of each level. The caller lends the room for them, (nodes, size); a run that
// begins at a multiple of 2^k and has at most 2^k leaves needs max(1, k) of them.
class TreeSum {
 public:
  TreeSum(std::int64_t size, std::span<double> room) : size_(size), room_(room) {}

  // The node of 2^level leaves from `first` on, which must be the run's next ones.
  template <class Number>
  void Add(std::int64_t first, int level, const Number* numbers) {
    Node node{first, level};
    if (count_ > 0 && AreSiblings(nodes_[count_ - 1], node)) {
      AddTo(Numbers(count_ - 1), numbers);
      ++nodes_[count_ - 1].level;
    } else {
      double* own = Numbers(count_);
      for (std::int64_t i = 0; i < size_; ++i) own[i] = numbers[i];
      nodes_[count_++] = node;
    }
    while (count_ > 1 && AreSiblings(nodes_[count_ - 2], nodes_[count_ - 1])) {
      AddTo(Numbers(count_ - 2), Numbers(count_ - 1));
      ++nodes_[count_-- - 2].level;
    }
  }

  // A run that begins where this one ends.
  void Add(const TreeSum& next) {
    for (int i = 0; i < next.count_; ++i) {
      Add(next.nodes_[i].first, next.nodes_[i].level, next.Numbers(i));
    }
  }

  // The number of nodes of the run of leaves begin … end − 1.
  static std::int64_t NodesOf(std::int64_t begin, std::int64_t end) {
    return TreeSum(0, {}, begin, end).count_;
  }
  // That run, whose nodes' numbers `room` holds or will hold, in their order.
  TreeSum(std::int64_t size, std::span<double> room, std::int64_t begin, std::int64_t end)
      : TreeSum(size, room) {
    while (begin < end) {
      int level = 0;
      const auto reaches = [&](int next) {
        return begin % (std::int64_t{1} << next) == 0 && begin + (std::int64_t{1} << next) <= end;
      };
      while (reaches(level + 1)) ++level;
      nodes_[count_++] = {begin, level};
      begin += std::int64_t{1} << level;
    }
  }
  // The nodes' numbers: (nodes, size).
  std::span<double> numbers() const { return room_.first(count_ * size_); }

  // The sum of a run that begins at the first leaf of a node which covers all of it; null for none.
  // Nothing can be added any more.
  const double* Total() {
    for (int i = count_ - 1; i > 0; --i) AddTo(Numbers(i - 1), Numbers(i));
    return count_ == 0 ? nullptr : Numbers(0);
  }

 private:
  struct Node {
    std::int64_t first;
    int level;
  };

  static bool AreSiblings(const Node& left, const Node& right) {
    return left.level == right.level &&
           left.first >> left.level == (right.first >> left.level) - 1 &&
           (left.first >> left.level) % 2 == 0;
  }
  double* Numbers(int node) const { return room_.data() + node * size_; }
  template <class Number>
  void AddTo(double* sum, const Number* numbers) const {
    for (std::int64_t i = 0; i < size_; ++i) sum[i] += numbers[i];
  }

  // The largest number of nodes: two of each level of 2^32 leaves.
  static constexpr int kMaxNodes = 64;

  std::int64_t size_;
  std::span<double> room_;
  int count_ = 0;
  std::array<Node, kMaxNodes> nodes_{};
};

}  // namespace biasbench::schedule
