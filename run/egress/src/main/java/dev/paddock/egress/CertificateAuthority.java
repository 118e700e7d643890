package dev.paddock.egress;

import dev.paddock.core.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate authority of one sandbox, whose box trusts it and nobody else does. Its keys exist
 * in this process's memory only and end with it.
 */
final class CertificateAuthority {
  private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
  private static final Duration BEFORE = Duration.ofDays(1);
  private static final Duration AFTER = Duration.ofDays(90);
  private static final int MOST_HOSTS = 256;
  private static final char[] NO_PASSWORD = new char[0];

  private final KeyPair keys;
  private final KeyPair serverKeys;
  private final byte[] name;
  private final X509Certificate certificate;
  private final Map<Host, SSLContext> contexts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Host, SSLContext> eldest) {
          return size() > MOST_HOSTS;
        }
      };

  CertificateAuthority() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      keys = generator.generateKeyPair();
      serverKeys = generator.generateKeyPair();
      BigInteger serial = serial();
      name = name("Paddock sandbox " + serial.toString(16).substring(0, 8));
      certificate =
          certificate(
              serial,
              name,
              keys.getPublic(),
              extension(
                  "2.5.29.19", true, Der.sequence(Der.bool(true), Der.integer(BigInteger.ZERO))),
              // keyCertSign and cRLSign
              extension("2.5.29.15", true, Der.bits(1, new byte[] {0x06})));
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  X509Certificate certificate() {
    return certificate;
  }

  /** What speaks TLS as the host. */
  SSLContext contextFor(Host host) {
    synchronized (contexts) {
      return contexts.computeIfAbsent(host, this::context);
    }
  }

  private SSLContext context(Host host) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, NO_PASSWORD);
      Certificate[] chain = {server(host), certificate};
      store.setKeyEntry("server", serverKeys.getPrivate(), NO_PASSWORD, chain);
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(store, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw failed(e);
    }
  }

  private X509Certificate server(Host host) throws GeneralSecurityException {
    byte[] alternative =
        host.literal()
            .map(address -> Der.tagged(0x87, address.getAddress()))
            .orElseGet(() -> Der.tagged(0x82, host.text().getBytes(StandardCharsets.US_ASCII)));
    return certificate(
        serial(),
        // a common name has at most 64 characters; the alternative name is what counts
        name("Paddock sandbox server"),
        serverKeys.getPublic(),
        extension("2.5.29.19", true, Der.sequence()),
        extension("2.5.29.15", true, Der.bits(7, new byte[] {(byte) 0x80})),
        extension("2.5.29.37", false, Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1"))),
        extension("2.5.29.17", false, Der.sequence(alternative)));
  }

  private X509Certificate certificate(
      BigInteger serial, byte[] subject, PublicKey key, byte[]... extensions)
      throws GeneralSecurityException {
    byte[] algorithm = Der.sequence(Der.oid(ECDSA_WITH_SHA256));
    Instant now = Instant.now();
    byte[] own = extension("2.5.29.14", false, Der.octets(keyId(key)));
    byte[] issuer =
        extension("2.5.29.35", false, Der.sequence(Der.tagged(0x80, keyId(keys.getPublic()))));
    byte[] content =
        Der.sequence(
            Der.tagged(0xA0, Der.integer(BigInteger.TWO)),
            Der.integer(serial),
            algorithm,
            name,
            Der.sequence(Der.utcTime(now.minus(BEFORE)), Der.utcTime(now.plus(AFTER))),
            subject,
            key.getEncoded(),
            Der.tagged(0xA3, Der.sequence(concat(extensions, own, issuer))));
    byte[] signed = Der.sequence(content, algorithm, Der.bits(0, sign(keys.getPrivate(), content)));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(signed));
  }

  private static byte[][] concat(byte[][] some, byte[]... more) {
    byte[][] all = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  private static byte[] sign(PrivateKey key, byte[] content) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(content);
    return signature.sign();
  }

  private static byte[] extension(String oid, boolean critical, byte[] value) {
    return critical
        ? Der.sequence(Der.oid(oid), Der.bool(true), Der.octets(value))
        : Der.sequence(Der.oid(oid), Der.octets(value));
  }

  private static byte[] name(String common) {
    return Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(common))));
  }

  /** RFC 7093 2, the first method. */
  private static byte[] keyId(PublicKey key) throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
    return Arrays.copyOf(digest, 20);
  }

  private static BigInteger serial() {
    return new BigInteger(126, new SecureRandom()).setBit(125);
  }

  private static EgressException failed(Exception e) {
    return new EgressException(
        ErrorCode.INTERNAL, "this Java cannot make certificates: " + e.getMessage(), e);
  }
}
