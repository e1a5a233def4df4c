package io.mptcplb.contract.control;

import io.mptcplb.contract.AttributeReader;
import io.mptcplb.contract.AttributeWriter;
import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.ConfigCodec;
import io.mptcplb.contract.ConfigDecoder;
import io.mptcplb.contract.ConfigEncoder;
import io.mptcplb.contract.LbConfig;
import java.util.Optional;

/** Commands to attributes and back. */
final class CommandBody {
    private CommandBody() {}

    static void write(AttributeWriter to, Command command) {
        switch (command) {
            case Command.Hello hello ->
                    to.number(ControlAttribute.VERSION, hello.version())
                            .text(ControlAttribute.CLIENT_NAME, hello.client());
            case Command.ApplyConfig apply ->
                    to.raw(ControlAttribute.CONFIG, ConfigCodec.encode(apply.config()));
            case Command.Restart restart ->
                    to.raw(ControlAttribute.CONFIG, ConfigCodec.encode(restart.config()));
            case Command.ApplyEndpoints apply ->
                    to.each(ControlAttribute.POOLS, apply.pools(), ConfigEncoder::pool);
            case Command.SetPathPriority set ->
                    to.nested(ControlAttribute.PATHS, set.paths(), CommandBody::selector)
                            .coded(ControlAttribute.PRIORITY, set.priority());
            case Command.Announce announce ->
                    to.text(ControlAttribute.VIRTUAL_SERVER, announce.virtualServer())
                            .nested(
                                    ControlAttribute.ADVERTISE,
                                    announce.address(),
                                    ConfigEncoder::advertise);
            case Command.Withdraw withdraw ->
                    to.text(ControlAttribute.VIRTUAL_SERVER, withdraw.virtualServer())
                            .number(ControlAttribute.ADDRESS_ID, withdraw.addressId());
            case Command.SetSubflowLimit limit -> {
                to.text(ControlAttribute.VIRTUAL_SERVER, limit.virtualServer());
                limit.maxSubflows().ifPresent(max -> to.number(ControlAttribute.MAX_SUBFLOWS, max));
            }
            case Command.Drain drain ->
                    to.text(ControlAttribute.VIRTUAL_SERVER, drain.virtualServer())
                            .flag(ControlAttribute.DRAINING, drain.draining());
            case Command.Resync _ -> {}
        }
    }

    static Command.Hello hello(AttributeReader from) throws CodecException {
        return new Command.Hello(
                from.integer(ControlAttribute.VERSION), from.text(ControlAttribute.CLIENT_NAME));
    }

    static Command.ApplyConfig applyConfig(AttributeReader from) throws CodecException {
        return new Command.ApplyConfig(ConfigCodec.decode(from.raw(ControlAttribute.CONFIG)));
    }

    static Command.Restart restart(AttributeReader from) throws CodecException {
        return new Command.Restart(ConfigCodec.decode(from.raw(ControlAttribute.CONFIG)));
    }

    static Command.ApplyEndpoints applyEndpoints(AttributeReader from) throws CodecException {
        return new Command.ApplyEndpoints(
                from.containers(ControlAttribute.POOLS, LbConfig.POOLS_MAX, ConfigDecoder::pool));
    }

    static Command.SetPathPriority setPathPriority(AttributeReader from) throws CodecException {
        return new Command.SetPathPriority(
                selector(from.nested(ControlAttribute.PATHS)),
                from.coded(ControlAttribute.PRIORITY, PathPriority.values()));
    }

    static Command.Announce announce(AttributeReader from) throws CodecException {
        return new Command.Announce(
                from.text(ControlAttribute.VIRTUAL_SERVER),
                ConfigDecoder.advertise(from.nested(ControlAttribute.ADVERTISE)));
    }

    static Command.Withdraw withdraw(AttributeReader from) throws CodecException {
        return new Command.Withdraw(
                from.text(ControlAttribute.VIRTUAL_SERVER),
                from.integer(ControlAttribute.ADDRESS_ID));
    }

    static Command.SetSubflowLimit setSubflowLimit(AttributeReader from) throws CodecException {
        return new Command.SetSubflowLimit(
                from.text(ControlAttribute.VIRTUAL_SERVER),
                from.has(ControlAttribute.MAX_SUBFLOWS)
                        ? Optional.of(from.integer(ControlAttribute.MAX_SUBFLOWS))
                        : Optional.empty());
    }

    static Command.Drain drain(AttributeReader from) throws CodecException {
        return new Command.Drain(
                from.text(ControlAttribute.VIRTUAL_SERVER), from.flag(ControlAttribute.DRAINING));
    }

    static void selector(AttributeWriter to, PathSelector paths) {
        paths.virtualServer().ifPresent(name -> to.text(ControlAttribute.VIRTUAL_SERVER, name));
        paths.port().ifPresent(name -> to.text(ControlAttribute.PORT, name));
        paths.clients().ifPresent(prefix -> to.prefix(ControlAttribute.CLIENTS, prefix));
    }

    static PathSelector selector(AttributeReader from) throws CodecException {
        return new PathSelector(
                from.has(ControlAttribute.VIRTUAL_SERVER)
                        ? Optional.of(from.text(ControlAttribute.VIRTUAL_SERVER))
                        : Optional.empty(),
                from.has(ControlAttribute.PORT)
                        ? Optional.of(from.text(ControlAttribute.PORT))
                        : Optional.empty(),
                from.has(ControlAttribute.CLIENTS)
                        ? Optional.of(from.prefix(ControlAttribute.CLIENTS))
                        : Optional.empty());
    }
}
