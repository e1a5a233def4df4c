package io.mptcplb.app.house.planted.proxy;

import java.security.SecureRandom;

/** Planted: secrets from elsewhere than the key source. */
final class DrawsSecretsItself {
    final SecureRandom random = new SecureRandom();
}
