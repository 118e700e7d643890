package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostTest {
  @ParameterizedTest
  @CsvSource({
    "Example.COM, example.com",
    "example.com., example.com",
    "a_b.example.com, a_b.example.com",
    "xn--bcher-kva.example, xn--bcher-kva.example",
    "192.0.2.7, 192.0.2.7",
    "[2001:DB8::1], [2001:db8::1]",
    "[2001:db8:0:0:0:0:0:1], [2001:db8::1]",
    "[1:0:0:2:0:0:0:3], [1:0:0:2::3]",
    "[::], [::]",
    "[::ffff:127.0.0.1], 127.0.0.1",
    "[::ffff:7f00:1], 127.0.0.1",
    "[64:ff9b::10.0.0.1], [64:ff9b::a00:1]",
    "1e100.net, 1e100.net",
    "127.0.0.1.example, 127.0.0.1.example",
  })
  void hasOneSpelling(String written, String canonical) {
    assertThat(Host.parse(written).text()).isEqualTo(canonical);
    assertThat(Host.parse(Host.parse(written).text())).isEqualTo(Host.parse(written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a..b",
        ".a",
        "a..",
        "-a.b",
        "a-.b",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f.0.0.1",
        "0x7f000001",
        "0177.0.0.1",
        "127.0.0.01",
        "127.0.0.256",
        "1.2.3.4.5",
        "a.0x",
        "a.7",
        "[::1",
        "::1",
        "[::1]x",
        "[fe80::1%eth0]",
        "[1::2::3]",
        "[:1]",
        "[1:2:3:4:5:6:7:8:9]",
        "[1:2:3:4:5:6:7::8]]",
        "[::127.1]",
        "[g::]",
        "a b",
        "a\0b",
        "a%00b",
        "a\r\nb",
        "user@host",
        "host/path",
        "host\\path",
        "host?x",
        "host#x",
        "host:80",
        "ａllowed.test",
        "allowed。test",
        "bücher.example",
      })
  void isNothingElse(String written) {
    assertThatThrownBy(() -> Host.parse(written)).isInstanceOf(EgressException.class);
  }

  @Test
  void isNotTooLong() {
    String label = "a".repeat(63);
    String longest = String.join(".", label, label, label, "a".repeat(61));
    assertThat(Host.parse(longest).text()).hasSize(253);
    assertThatThrownBy(() -> Host.parse(longest + "a")).isInstanceOf(EgressException.class);
    assertThatThrownBy(() -> Host.parse("a".repeat(64) + ".test"))
        .isInstanceOf(EgressException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "example.com:8443, 0, example.com:8443",
    "example.com, 443, example.com:443",
    "[::1]:80, 0, [::1]:80",
    "[::1], 80, [::1]:80",
  })
  void standsWithAPort(String written, int implied, String canonical) {
    assertThat(Target.parse(written, implied)).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.com",
        "example.com:",
        "example.com:0",
        "example.com:65536",
        "example.com:+80",
        "example.com: 80",
        "example.com:80:80",
        "allowed.test@evil.test:80",
        "allowed.test:80@evil.test:80",
        ":80",
        "[::1]80",
        "::1:80",
        "example.com:８０"
      })
  void doesNotStandWithWhatIsNoPort(String written) {
    assertThatThrownBy(() -> Target.parse(written, 0)).isInstanceOf(EgressException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "example.com, example.com, true",
    "example.com, www.example.com, false",
    "example.com, evilexample.com, false",
    "*.example.com, www.example.com, true",
    "*.example.com, a.b.example.com, true",
    "*.example.com, example.com, false",
    "*.example.com, evilexample.com, false",
    "*.example.com, example.com.evil.test, false",
    "*.EXAMPLE.com., www.example.com, true",
    "bücher.example, xn--bcher-kva.example, true",
    "*.bücher.example, a.xn--bcher-kva.example, true",
    "127.0.0.1, 127.0.0.1, true",
    "[::1], [::1], true",
  })
  void matchesPatterns(String pattern, String host, boolean matches) {
    assertThat(HostPattern.parse(pattern).matches(Host.parse(host))).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "*.",
        "*.com",
        "*.127.0.0.1",
        "a.*.com",
        "*a.com",
        "**.a.com",
        "faß.example",
        "*.[::1]",
        "http://a.com",
        "a.com/x",
        ""
      })
  void refusesPatternsThatAllowTooMuchOrMeanTwoThings(String pattern) {
    assertThatThrownBy(() -> HostPattern.parse(pattern)).isInstanceOf(EgressException.class);
  }
}
