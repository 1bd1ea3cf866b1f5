// email-reply-00 (RFC 8823 section 3) from the mailbox's side: mails come into a Maildir, replies go to a submission server.

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class Mailbox {
    private static final String PREFIX = "ACME: ";

    record Letter(Map<String, String> fields) {
        String token() {
            return fields.get("subject").substring(PREFIX.length());
        }

        String replyTo() {
            return fields.getOrDefault("reply-to", fields.get("from"));
        }
    }

    private final String address, host;
    private final Path arrived;
    private final int port;
    private final Set<Path> seen = new HashSet<>();

    Mailbox(String address, Path maildir, String submission) {
        this.address = address;
        arrived = maildir.resolve("new");
        host = submission.substring(0, submission.lastIndexOf(':'));
        port = Integer.parseInt(submission.substring(submission.lastIndexOf(':') + 1));
    }

    /** A challenge mail that was not given yet. */
    Letter waitForChallenge() throws IOException, InterruptedException {
        for (int i = 0; i < 600; ++i) {
            for (Path file : newFiles()) {
                Letter letter = read(file);
                seen.add(file);
                if (letter.fields.getOrDefault("subject", "").startsWith(PREFIX)) {
                    return letter;
                }
            }
            Thread.sleep(100);
        }
        throw new IOException("no challenge mail came to " + address);
    }

    private List<Path> newFiles() throws IOException {
        try (Stream<Path> files = Files.list(arrived)) {
            return files.filter(file -> !seen.contains(file)).collect(Collectors.toList());
        }
    }

    private static Letter read(Path file) throws IOException {
        Map<String, String> fields = new HashMap<>();
        String name = "";
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            if (line.isEmpty()) {
                break;
            }
            if (Character.isWhitespace(line.charAt(0))) { // folded
                fields.merge(name, " " + line.strip(), String::concat);
                continue;
            }
            int colon = line.indexOf(':');
            name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            fields.put(name, line.substring(colon + 1).strip());
        }
        return new Letter(fields);
    }

    void answer(Letter letter, String digest) throws IOException {
        String recipient = letter.replyTo().replaceAll(".*<|>.*", "");
        List<String> text = List.of("From: " + address, "To: " + letter.replyTo(), "Subject: Re: " + letter.fields.get("subject"),
            "In-Reply-To: " + letter.fields.get("message-id"), "", "-----BEGIN ACME RESPONSE-----", digest,
            "-----END ACME RESPONSE-----", ".");
        try (Socket socket = new Socket(host, port)) {
            BufferedReader answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            take(answers, '2');
            for (String command : List.of("HELO localhost", "MAIL FROM:<" + address + ">", "RCPT TO:<" + recipient + ">")) {
                say(socket, command);
                take(answers, '2');
            }
            say(socket, "DATA");
            take(answers, '3');
            say(socket, String.join("\r\n", text));
            take(answers, '2');
            say(socket, "QUIT");
        }
    }

    private static void say(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static void take(BufferedReader answers, char expected) throws IOException {
        List<String> lines = new ArrayList<>();
        do {
            String line = answers.readLine();
            if (line == null || line.length() < 3) {
                throw new IOException("the submission server went away");
            }
            lines.add(line);
        } while (lines.get(lines.size() - 1).startsWith("-", 3));
        if (lines.get(0).charAt(0) != expected) {
            throw new IOException("the submission server: " + lines);
        }
    }
}
