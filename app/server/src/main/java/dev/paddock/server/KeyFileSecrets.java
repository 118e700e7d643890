package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.server.spi.Secrets;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secrets under AES-256-GCM with a key in a file of mode 0600 beside the database. It guards
 * copies, backups and dumps of the database, not a machine that is read as a whole. Without the
 * file what was sealed is lost.
 */
public final class KeyFileSecrets implements Secrets {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final String FORM = "v1.";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec key;

  private KeyFileSecrets(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  /** Reads the key, made when the file is missing. */
  public static KeyFileSecrets open(Path file) {
    try {
      if (Files.notExists(file)) {
        PrivateFile.make(file, newKey());
      }
      byte[] key = Files.readAllBytes(file);
      if (key.length != KEY_BYTES) {
        throw new ServerException(
            ErrorCode.CORRUPT,
            "%s is no key: it has %d bytes instead of %d; put the right file back"
                .formatted(file, key.length, KEY_BYTES));
      }
      return new KeyFileSecrets(key);
    } catch (IOException e) {
      throw failed("cannot read the key of secrets, %s: %s".formatted(file, e), e);
    }
  }

  private static byte[] newKey() {
    byte[] key = new byte[KEY_BYTES];
    RANDOM.nextBytes(key);
    return key;
  }

  @Override
  public String seal(String secret, String context) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, nonce, context)
              .doFinal(secret.getBytes(StandardCharsets.UTF_8));
      byte[] whole = Arrays.copyOf(nonce, nonce.length + sealed.length);
      System.arraycopy(sealed, 0, whole, nonce.length, sealed.length);
      return FORM + Base64.getEncoder().encodeToString(whole);
    } catch (GeneralSecurityException e) {
      throw failed("cannot seal a secret: " + e, e);
    }
  }

  @Override
  public String open(String sealed, String context) {
    try {
      if (sealed.startsWith(FORM)) {
        byte[] whole = Base64.getDecoder().decode(sealed.substring(FORM.length()));
        if (whole.length > NONCE_BYTES) {
          byte[] secret =
              cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(whole, NONCE_BYTES), context)
                  .doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES);
          return new String(secret, StandardCharsets.UTF_8);
        }
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw failed("the secret of %s cannot be opened with this key".formatted(context), e);
    }
    throw new ServerException(ErrorCode.CORRUPT, "the secret of %s is damaged".formatted(context));
  }

  private Cipher cipher(int mode, byte[] nonce, String context) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static ServerException failed(String message, Exception cause) {
    ServerException failed = new ServerException(ErrorCode.CORRUPT, message);
    failed.addSuppressed(cause);
    return failed;
  }
}
