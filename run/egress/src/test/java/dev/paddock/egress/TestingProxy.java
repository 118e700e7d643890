package dev.paddock.egress;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A proxy, all parts of which a test can choose, and what it logs. */
final class TestingProxy implements AutoCloseable {
  private final Path folder;
  private final EgressService service;
  final TestingNames names = new TestingNames();
  final BlockingQueue<EgressRecord> records = new LinkedBlockingQueue<>();
  final EgressProxy proxy;

  /** How it is to be; loopback addresses may be dialled. */
  record Setup(
      EgressPolicy policy,
      EgressLimits limits,
      Approver approver,
      TrustedRoots roots,
      EgressOptions options,
      String privateHosts) {

    static Setup of(EgressPolicy policy) {
      return new Setup(
          policy,
          EgressLimits.DEFAULT,
          target -> CompletableFuture.completedFuture(false),
          new TrustedRoots(Set.of()),
          EgressOptions.PRODUCTION,
          "127.0.0.0/8");
    }

    static Setup allowing(String... hosts) {
      return of(EgressPolicy.of(List.of(hosts)));
    }

    Setup with(EgressLimits changed) {
      return new Setup(policy, changed, approver, roots, options, privateHosts);
    }

    Setup with(Approver changed) {
      return new Setup(policy, limits, changed, roots, options, privateHosts);
    }

    Setup with(TrustedRoots changed) {
      return new Setup(policy, limits, approver, changed, options, privateHosts);
    }

    Setup with(EgressOptions changed) {
      return new Setup(policy, limits, approver, roots, changed, privateHosts);
    }

    Setup withPrivate(String changed) {
      return new Setup(policy, limits, approver, roots, options, changed);
    }

    TestingProxy start() throws IOException {
      return new TestingProxy(this, Set.of());
    }
  }

  TestingProxy(Setup setup, Set<InetSocketAddress> listening) throws IOException {
    folder = Files.createTempDirectory(Path.of("/var/tmp"), "egress");
    AddressGuard guard =
        new AddressGuard(PrivateHosts.parse(setup.privateHosts()), () -> listening, names);
    service =
        new EgressService(
            EgressFolder.create(folder.resolve("run")), guard, setup.roots(), setup.options());
    proxy = service.open(setup.policy(), setup.limits(), records::add, setup.approver());
  }

  SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(proxy.socket()));
  }

  /** Sends these bytes and reads what comes until the proxy ends. */
  String ask(String request) throws IOException {
    try (SocketChannel channel = connect()) {
      Channels.newOutputStream(channel).write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(
          Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  String get(String url) throws IOException {
    String host = url.replaceFirst("http://([^/?]*).*", "$1");
    return ask("GET " + url + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  /** The next record; a minute is long enough for any. */
  EgressRecord record() throws InterruptedException {
    EgressRecord record = records.poll(60, TimeUnit.SECONDS);
    if (record == null) {
      throw new AssertionError("nothing was logged");
    }
    return record;
  }

  @Override
  public void close() throws IOException {
    service.close();
    EgressFolder.delete(folder);
  }
}
