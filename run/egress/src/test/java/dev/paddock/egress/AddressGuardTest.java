package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.core.ErrorCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressGuardTest {
  private static final InetAddress LOOPBACK = TestingNames.address("127.0.0.1");

  private final TestingNames names = new TestingNames();

  private AddressGuard guard(String privateHosts, InetSocketAddress... listening) {
    return new AddressGuard(PrivateHosts.parse(privateHosts), () -> Set.of(listening), names);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, LOOPBACK",
    "127.255.255.254, LOOPBACK",
    "::1, LOOPBACK",
    "::ffff:127.0.0.1, LOOPBACK",
    "::127.0.0.1, LOOPBACK",
    "64:ff9b::7f00:1, LOOPBACK",
    "10.1.2.3, PRIVATE",
    "172.16.0.1, PRIVATE",
    "172.31.255.255, PRIVATE",
    "172.32.0.1, PUBLIC",
    "192.168.1.1, PRIVATE",
    "100.64.0.1, PRIVATE",
    "100.127.255.255, PRIVATE",
    "fc00::1, PRIVATE",
    "fd12:3456::1, PRIVATE",
    "64:ff9b::a00:1, PRIVATE",
    "::ffff:0:10.0.0.1, PRIVATE",
    "169.254.169.254, METADATA",
    "::ffff:169.254.169.254, METADATA",
    "64:ff9b::a9fe:a9fe, METADATA",
    "fd00:ec2::254, METADATA",
    "fd20:ce::254, METADATA",
    "100.100.100.200, METADATA",
    "168.63.129.16, METADATA",
    "169.254.1.1, LINK_LOCAL",
    "fe80::1, LINK_LOCAL",
    "fec0::1, LINK_LOCAL",
    "224.0.0.1, MULTICAST",
    "ff02::1, MULTICAST",
    "0.0.0.0, UNSPECIFIED",
    "0.1.2.3, UNSPECIFIED",
    "::, UNSPECIFIED",
    "255.255.255.255, RESERVED",
    "240.0.0.1, RESERVED",
    "192.0.2.1, DOCUMENTATION",
    "198.18.0.1, RESERVED",
    "2001:db8::1, DOCUMENTATION",
    "2001:0:7f00:1::1, RESERVED",
    "2002:7f00:1::1, RESERVED",
    "64:ff9b:1::7f00:1, RESERVED",
    "4000::1, RESERVED",
    "100::1, RESERVED",
    "9.9.9.9, PUBLIC",
    "64:ff9b::909:909, PUBLIC",
    "2620:fe::fe, PUBLIC",
  })
  void knowsWhereAnAddressLeads(String address, AddressKind kind) {
    assertThat(AddressKind.of(TestingNames.address(address))).isEqualTo(kind);
  }

  private static Target target(String text) {
    return Target.parse(text, 80);
  }

  private void assertRefused(AddressGuard guard, String host, boolean named) {
    assertThatThrownBy(() -> guard.resolve(target(host), named))
        .isInstanceOf(EgressException.class)
        .extracting(e -> ((EgressException) e).code())
        .isEqualTo(ErrorCode.PERMISSION_DENIED);
  }

  @Test
  void publicAddressesAreForAll() {
    names.with("example.com", "9.9.9.9");
    assertThat(guard("").resolve(target("example.com"), false))
        .containsExactly(new InetSocketAddress(TestingNames.address("9.9.9.9"), 80));
    assertThat(names.asked).containsExactly("example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.0.0.7",
        "[::1]",
        "[fd12::1]",
        "100.64.1.1",
        "203.0.113.7",
        "[2001:db8::1]"
      })
  void privateAddressesNeedBothLists(String address) {
    assertRefused(guard(""), address, true);
    assertRefused(guard(address), address, false);
    assertThat(guard(address).resolve(target(address), true)).hasSize(1);
    assertThat(guard("0.0.0.0/0,::/0").resolve(target(address), true)).hasSize(1);
  }

  @Test
  void aPrivateHostMayBeNamedWithItsPort() {
    names.with("git.internal", "10.0.0.7");
    AddressGuard guard = guard("git.internal:3000, localhost");
    assertThat(guard.resolve(target("git.internal:3000"), true)).hasSize(1);
    assertRefused(guard, "git.internal:3001", true);
    names.with("other.internal", "10.0.0.7");
    assertRefused(guard, "other.internal:3000", true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254", "169.254.1.1", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200",
        "0.0.0.0", "[::]", "224.0.0.1", "255.255.255.255", "[2002:7f00:1::]"
      })
  void someAreNeverDialled(String address) {
    assertRefused(guard("0.0.0.0/0,::/0," + address), address, true);
  }

  @Test
  void ownAddressesAreNeverDialled() throws Exception {
    Optional<InetAddress> own =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
            .findFirst();
    assumeTrue(own.isPresent(), "needs a network interface");
    names.with("me.test", own.get().getHostAddress().replaceFirst("%.*", ""));
    assertRefused(guard("0.0.0.0/0,::/0,me.test"), "me.test", true);
  }

  @Test
  void paddockItselfIsNeverDialled() {
    InetSocketAddress own = new InetSocketAddress(LOOPBACK, 4096);
    assertRefused(guard("127.0.0.1", own), "127.0.0.1:4096", true);
    assertRefused(guard("[::1]", own), "[::1]:4096", true);
    assertThat(guard("127.0.0.1", own).resolve(target("127.0.0.1:4097"), true)).hasSize(1);
    InetSocketAddress everywhere = new InetSocketAddress(4096);
    assertRefused(guard("127.0.0.1", everywhere), "127.0.0.1:4096", true);
  }

  @Test
  void ofSeveralAddressesOnlyTheAllowedOnesAreDialled() {
    names.with("mixed.test", "127.0.0.1", "9.9.9.9", "169.254.169.254");
    assertThat(guard("").resolve(target("mixed.test"), true))
        .extracting(InetSocketAddress::getAddress)
        .containsExactly(TestingNames.address("9.9.9.9"));
  }

  @Test
  void anUnknownHostIsNotFound() {
    assertThatThrownBy(() -> guard("").resolve(target("nowhere.test"), true))
        .isInstanceOf(EgressException.class)
        .hasMessageContaining("nowhere.test")
        .extracting(e -> ((EgressException) e).code())
        .isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void dialsWhatItHasChecked() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
      names.with("here.test", "127.0.0.1").with("here.test", "127.0.0.2");
      try (Socket socket =
          guard("here.test")
              .dial(target("here.test:" + server.getLocalPort()), true, Duration.ofSeconds(10))) {
        assertThat(socket.getInetAddress()).isEqualTo(LOOPBACK);
      }
      assertThat(names.asked).containsExactly("here.test");
    }
  }

  @Test
  void theSystemsResolverKnowsThisMachine() throws Exception {
    assertThat(SystemLookup.INSTANCE.addresses("localhost")).contains(LOOPBACK);
    assertThatThrownBy(() -> SystemLookup.INSTANCE.addresses("nowhere.invalid"))
        .isInstanceOf(UnknownHostException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1/8", "10.0.0.0/33", "host:0", "host:99999", "a b", "[::1"})
  void aWrongListOfPrivateHostsNamesItself(String setting) {
    assertThatThrownBy(() -> PrivateHosts.parse("ok.test," + setting))
        .isInstanceOf(EgressException.class)
        .hasMessageStartingWith("PADDOCK_PRIVATE_HOSTS: ");
  }

  @Test
  void readsEveryFormOfPrivateHost() {
    assertThat(List.of("", " , ", "localhost, 127.0.0.1:80,[::1]:80,::1,10.0.0.0/8,fd00::/8"))
        .allSatisfy(setting -> assertThat(PrivateHosts.parse(setting)).isNotNull());
  }
}
