package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.EgressSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Listens where an egress proxy would, and greets whoever asks for anything. */
public final class TestingProxy implements AutoCloseable {
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n";

  private final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
  private final AtomicInteger asked = new AtomicInteger();
  final EgressSocket egress;

  public TestingProxy(Path folder) throws IOException {
    Path certificates = Files.createDirectories(folder.resolve("certificates"));
    for (String name : new String[] {"ca.pem", "bundle.pem", "trust.p12"}) {
      Files.writeString(certificates.resolve(name), name);
    }
    egress = new EgressSocket(folder.resolve("proxy"), certificates);
    server.bind(UnixDomainSocketAddress.of(egress.socket()));
    Thread.ofVirtual().start(this::serve);
  }

  private void serve() {
    while (true) {
      try (SocketChannel channel = server.accept()) {
        asked.incrementAndGet();
        InputStream in = Channels.newInputStream(channel);
        int last = 0;
        for (int b = in.read(); b >= 0 && !(b == '\n' && last == '\n'); b = in.read()) {
          last = b == '\r' ? last : b;
        }
        channel.write(ByteBuffer.wrap(ANSWER.getBytes(StandardCharsets.US_ASCII)));
      } catch (IOException closed) {
        return;
      }
    }
  }

  public EgressSocket egress() {
    return egress;
  }

  public int asked() {
    return asked.get();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
