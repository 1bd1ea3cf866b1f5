// The values used last, by key: once there are many, those unused longest are forgotten. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace mailca {

// Two generations: what is used moves to the young one; when that is full, it becomes the old one, whose values are
// gone.
template <typename Value>
class Recent {
 public:
    // Keeps the last `most / 2` values for certain, `most` at most.
    explicit Recent(std::size_t most) : m_half(most / 2) {}

    // nullptr: there is none.
    std::shared_ptr<Value> find(const std::string& key) {
        const std::lock_guard lock(m_mutex);
        if (const auto young = m_young.find(key); young != m_young.end()) return young->second;
        const auto old = m_old.find(key);
        if (old == m_old.end()) return nullptr;
        std::shared_ptr<Value> value = old->second;
        insert(key, value);
        return value;
    }
    void put(const std::string& key, std::shared_ptr<Value> value) {
        const std::lock_guard lock(m_mutex);
        insert(key, std::move(value));
    }
    std::size_t size() const {
        const std::lock_guard lock(m_mutex);
        return m_young.size() + m_old.size();
    }

 private:
    using Values = std::unordered_map<std::string, std::shared_ptr<Value>>;
    void insert(const std::string& key, std::shared_ptr<Value> value) {
        m_old.erase(key);
        if (m_young.size() >= m_half) m_old = std::exchange(m_young, {});
        m_young.insert_or_assign(key, std::move(value));
    }

    const std::size_t m_half;
    mutable std::mutex m_mutex;  // guards what follows
    Values m_young, m_old;
};

}  // namespace mailca
