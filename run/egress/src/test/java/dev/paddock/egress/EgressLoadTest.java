package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.paddock.egress.TestingProxy.Setup;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** {@code -Dpaddock.soak=true}: 1 GiB, and 1,000 connections at once. */
@EnabledOnOs(OS.LINUX)
final class EgressLoadTest {
  private static final boolean SOAK = Boolean.getBoolean("paddock.soak");
  private static final long BYTES = SOAK ? 1L << 30 : 64L << 20;
  private static final int CONNECTIONS = SOAK ? 1000 : 300;

  private MessageDigest sent;
  private HttpServer server;
  private TestingProxy proxy;

  @BeforeEach
  void start() throws Exception {
    sent = MessageDigest.getInstance("SHA-256");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2000);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/big",
        exchange -> {
          exchange.sendResponseHeaders(200, BYTES);
          byte[] piece = new byte[1 << 16];
          Random random = new Random(1);
          try (OutputStream out = exchange.getResponseBody()) {
            for (long left = BYTES; left > 0; left -= piece.length) {
              random.nextBytes(piece);
              sent.update(piece);
              out.write(piece);
            }
          }
        });
    server.createContext(
        "/small",
        exchange -> {
          exchange.sendResponseHeaders(200, 5);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(HttpInput.bytes("hello"));
          }
        });
    server.start();
    proxy = Setup.allowing("allowed.test").start();
    proxy.names.with("allowed.test", "127.0.0.1");
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    server.stop(0);
  }

  private String url(String path) {
    return "http://allowed.test:" + server.getAddress().getPort() + path;
  }

  private static long usedMemory() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static long openFiles() {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aLargeAnswerPassesWithoutBeingKept() throws Exception {
    long before = usedMemory();
    try (SocketChannel channel = proxy.connect()) {
      Channels.newOutputStream(channel)
          .write(HttpInput.bytes("GET " + url("/big") + " HTTP/1.0\r\n\r\n"));
      InputStream in = Channels.newInputStream(channel);
      HttpInput reader = new HttpInput(in);
      assertThat(ResponseHead.read(reader, 8192).status()).isEqualTo(200);
      DigestInputStream received =
          new DigestInputStream(reader, MessageDigest.getInstance("SHA-256"));
      assertThat(received.transferTo(OutputStream.nullOutputStream())).isEqualTo(BYTES);
      assertThat(received.getMessageDigest().digest()).isEqualTo(sent.digest());
    }
    assertThat(proxy.record().receivedBytes()).isEqualTo(BYTES);
    assertThat(usedMemory() - before).isLessThan(32L << 20);
  }

  @Test
  void manyConnectionsAreServedAFewAtATimeAndAllEnd() throws Exception {
    proxy.get(url("/small"));
    long files = openFiles();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        answers.add(threads.submit(() -> proxy.get(url("/small"))));
      }
      for (Future<String> each : answers) {
        assertThat(each.get()).endsWith("hello");
        assertThat(proxy.proxy.open()).isLessThanOrEqualTo(EgressLimits.DEFAULT.connections());
      }
    }
    assertThat(TestingWait.until(() -> proxy.proxy.open() == 0)).isTrue();
    assertThat(proxy.get(url("/small"))).endsWith("hello");
    assertThat(TestingWait.until(() -> openFiles() < files + 20)).isTrue();
  }
}
