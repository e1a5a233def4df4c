package io.mptcplb.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a pool gives out, and to whom. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AddressPoolSpec(
        List<String> addresses,
        @Nullable Boolean autoAssign,
        @Nullable ServiceSelector serviceSelector) {
    public AddressPoolSpec {
        addresses = Lists.of(addresses);
    }

    /** Services, by their labels. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record ServiceSelector(Map<String, String> matchLabels) {
        public ServiceSelector {
            matchLabels = Lists.of(matchLabels);
        }
    }
}
