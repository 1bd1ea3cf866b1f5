// What web/ itself costs: a server whose one handler answers the same bytes to everybody.
//   mailca-bare-server BODY_FILE THREADS      prints its port, ends with its standard input
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "web/server.h"

int main(int count, char** arguments) {
    if (count != 3) {
        std::cerr << "usage: mailca-bare-server BODY_FILE THREADS\n";
        return 2;
    }
    std::ifstream file(arguments[1], std::ios::binary);
    const std::string body{std::istreambuf_iterator<char>(file), {}};
    mailca::web::ServerOptions options;
    options.threads = static_cast<std::size_t>(std::atoi(arguments[2]));
    const auto server = mailca::web::Server::start(std::move(options), [&body](const mailca::web::Request&) {
        return mailca::web::Response(200, "application/json", body);
    });
    if (!server) {
        std::cerr << server.error().text() << "\n";
        return 1;
    }
    std::cout << (*server)->port() << std::endl;
    while (std::cin.get() != std::char_traits<char>::eof()) {
    }
    (*server)->stop();
    return 0;
}
