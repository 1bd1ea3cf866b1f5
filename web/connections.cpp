#include "web/connections.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace mailca::web {
namespace {

bool hasUnread(int descriptor) {
    int octets = 0;
    return ::ioctl(descriptor, FIONREAD, &octets) == 0 && octets > 0;
}

}  // namespace

Presence::Presence(Connections& connections, int descriptor) : m_connections(connections), m_descriptor(descriptor) {
    const std::lock_guard lock(m_connections.m_mutex);
    m_connections.m_phases.emplace(this, Phase::Waiting);
}

Presence::~Presence() {
    const std::lock_guard lock(m_connections.m_mutex);
    m_connections.m_phases.erase(this);
    if (m_connections.m_closer == std::this_thread::get_id()) ::close(m_descriptor);
}

Phase Presence::phase() const {
    const std::lock_guard lock(m_connections.m_mutex);
    return m_connections.m_phases.at(this);
}

void Presence::enter(Phase phase) {
    const std::lock_guard lock(m_connections.m_mutex);
    m_connections.m_phases.at(this) = phase;
}

std::size_t Connections::count() const {
    const std::lock_guard lock(m_mutex);
    return m_phases.size();
}

bool Connections::stopping() const {
    const std::lock_guard lock(m_mutex);
    return m_stopping;
}

void Connections::beginStop() {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
}

bool Connections::quiet() const {
    const std::lock_guard lock(m_mutex);
    return std::none_of(m_phases.begin(), m_phases.end(), [](const auto& entry) {
        const auto& [presence, phase] = entry;
        return phase == Phase::Serving || (phase == Phase::Waiting && hasUnread(presence->descriptor()));
    });
}

void Connections::closeInThisThread() {
    const std::lock_guard lock(m_mutex);
    m_closer = std::this_thread::get_id();
}

}  // namespace mailca::web
