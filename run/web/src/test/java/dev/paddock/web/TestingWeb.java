package dev.paddock.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Tool;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.egress.AddressGuard;
import dev.paddock.egress.EgressClient;
import dev.paddock.egress.EgressPolicy;
import dev.paddock.egress.EgressProxy;
import dev.paddock.egress.EgressRecord;
import dev.paddock.egress.EgressService;
import dev.paddock.egress.PrivateHosts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A host on loopback that is called {@code site.test}, and a way out that leads there only. */
final class TestingWeb implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final EgressService service;
  private final Map<String, Deque<InetAddress>> names = new ConcurrentHashMap<>();
  final List<String> seen = new CopyOnWriteArrayList<>();
  final List<EgressRecord> records = new CopyOnWriteArrayList<>();
  final EgressProxy proxy;

  /** What the host answers to a path, byte for byte. */
  interface Answers {
    void write(String path, OutputStream out) throws IOException;
  }

  TestingWeb(Path folder, Answers answers, String... hosts) throws IOException {
    names("site.test", "127.0.0.1");
    AddressGuard guard =
        new AddressGuard(PrivateHosts.parse("site.test"), Set::of, this::addresses);
    service = EgressService.start(folder.resolve("e"), guard);
    List<String> allowed = new ArrayList<>(List.of("site.test"));
    allowed.addAll(List.of(hosts));
    proxy = service.open(EgressPolicy.of(allowed), records::add);
    Thread.ofVirtual().start(() -> accept(answers));
  }

  /** The addresses of a name, one a lookup; the last is repeated. */
  void names(String name, String... addresses) throws UnknownHostException {
    Deque<InetAddress> known = new ArrayDeque<>();
    for (String address : addresses) {
      known.add(InetAddress.getByName(address));
    }
    names.put(name, known);
  }

  private synchronized List<InetAddress> addresses(String name) throws UnknownHostException {
    Deque<InetAddress> known =
        Optional.ofNullable(names.get(name)).orElseThrow(() -> new UnknownHostException(name));
    return List.of(known.size() > 1 ? known.removeFirst() : known.getFirst());
  }

  private void accept(Answers answers) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket, answers));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket, Answers answers) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      StringBuilder head = new StringBuilder();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        head.append(line).append('\n');
      }
      seen.add(head.toString());
      if (!head.isEmpty()) {
        answers.write(head.toString().split(" ", 3)[1], socket.getOutputStream());
      }
    } catch (IOException gone) {
      return;
    }
  }

  /** A whole answer. */
  static byte[] answer(String fields, byte[] body) {
    byte[] head =
        "HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n"
            .formatted(fields, body.length)
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[head.length + body.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }

  static byte[] answer(String type, String body) {
    return answer("Content-Type: " + type + "\r\n", body.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] redirect(String location) {
    return "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
        .formatted(location)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  String url(String path) {
    return "http://site.test:" + server.getLocalPort() + path;
  }

  int port() {
    return server.getLocalPort();
  }

  EgressClient client() {
    return new EgressClient(proxy);
  }

  ToolResult fetch(String url) throws InterruptedException {
    return fetch(url, FetchSettings.NONE, Duration.ofMinutes(2));
  }

  ToolResult fetch(String url, FetchSettings settings, Duration time) throws InterruptedException {
    return call(
        new WebFetchTool(this::client, () -> settings, shown -> true),
        Json.object().put("url", url),
        time);
  }

  static ToolResult call(Tool tool, ObjectNode input, Duration time) throws InterruptedException {
    return tool.run(
        new ToolInvocation(
            SessionId.next(), EventId.next(), input, time, ToolInvocation.Progress.NONE));
  }

  static String text(ToolResult result) {
    return ContentBlock.textOf(result.content());
  }

  @Override
  public void close() throws IOException {
    service.close();
    server.close();
  }
}
