#include "core/interrupt.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace mailca {

Interrupt::Interrupt() : m_event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!m_event) throw std::runtime_error("no eventfd: raise the limit of open files");
}

void Interrupt::set() {
    ::eventfd_write(m_event.get(), 1);  // refused only by a full counter: it is set
}

bool Interrupt::isSet() const {
    ::pollfd event{m_event.get(), POLLIN, 0};
    return ::poll(&event, 1, 0) > 0;
}

bool Interrupt::awaits(int descriptor, short events, std::chrono::milliseconds atMost) const {
    std::array<::pollfd, 2> waited{::pollfd{descriptor, events, 0}, ::pollfd{m_event.get(), POLLIN, 0}};
    const auto limit = static_cast<int>(std::max<std::chrono::milliseconds::rep>(atMost.count(), 0));
    return ::poll(waited.data(), waited.size(), limit) > 0 && waited[1].revents == 0 && waited[0].revents != 0;
}

}  // namespace mailca
