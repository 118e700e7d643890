package dev.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.SessionId;
import dev.paddock.node.PortPreviews;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with a preview of a program that answers what it is told to. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class PreviewSetup {
  static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

  @TempDir Path folder;
  TestingProgram program;
  TestingServer server;
  PortPreviews previews;
  SessionId session;
  String id;
  String token;
  String host;

  @BeforeEach
  void start() throws Exception {
    program = new TestingProgram();
    program.answers(OK);
    server = TestingServer.withPreviews(folder, program);
    previews = server.previews.orElseThrow();
    session = TestingSessions.create(server.sessions());
    open();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    program.close();
  }

  final void open() {
    PortPreviews.Opened opened = previews.open(session, 8000, Duration.ofMinutes(10));
    id = opened.known().id();
    host = id + ".localhost:" + server.http.address().getPort();
    assertThat(opened.url()).startsWith("http://" + host + "/?paddock_token=");
    token = opened.url().substring(opened.url().indexOf('=') + 1);
  }

  final String ask(String line, String... headers) throws IOException {
    return askAt(host, line, headers);
  }

  final String askAt(String where, String line, String... headers) throws IOException {
    StringBuilder head = new StringBuilder(line + " HTTP/1.1\r\nHost: " + where + "\r\n");
    List.of(headers).forEach(header -> head.append(header).append("\r\n"));
    return server.raw(head + "Connection: close\r\n\r\n");
  }

  final String cookie() {
    return "Cookie: paddock_preview=" + token;
  }

  final String bearer() {
    return "Authorization: Bearer " + token;
  }
}
