using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;

namespace PulseRun.Core.Policy;

/// <summary>Decides what a policy forbids. Every method returns the violation, which names the rule and the file, or null.</summary>
internal static class PolicyRules
{
    private const string Auto = "auto";

    /// <summary>Returns what a launch violates.</summary>
    public static PulseRunException? Launch(PulseRun.Policy policy, PlannedLaunch launch)
    {
        LaunchRequest request = launch.Request;
        return Gpu(policy, request.Gpu)
            ?? (IsAuto(request.Provider) ? ProviderIsOpen(policy) : Provider(policy, request.Provider))
            ?? (policy.AllowedProvider is not null && request.AutoMigrate == true
                ? Violation(policy, nameof(policy.AllowedProvider), "-AutoMigrate may move the instance to another provider.") : null)
            ?? Tags(policy, launch.Tags)
            ?? Lifetime(policy, launch.Lifetime)
            ?? Price(policy, launch.Price, "such an instance");
    }

    /// <summary>Returns what the start of a stopped instance violates. Properties that the server did not send violate the rules about them.</summary>
    public static PulseRunException? Start(PulseRun.Policy policy, Instance instance) =>
        Gpu(policy, instance.Gpu) ?? Provider(policy, instance.Provider)
        ?? (policy.MaxHourlyCost is not null && instance.CostPerHour is null ? Violation(policy, nameof(policy.MaxHourlyCost), "the server names no price for the instance.") : null)
        ?? Price(policy, instance.CostPerHour, "the instance");

    /// <summary>True when a start has to be checked.</summary>
    public static bool LimitsStarts(PulseRun.Policy policy) => policy.AllowedGpu is not null || policy.AllowedProvider is not null || policy.MaxHourlyCost is not null;

    /// <summary>Returns what a lifetime violates; null stands for no lifetime, which is longer than any.</summary>
    public static PulseRunException? Lifetime(PulseRun.Policy policy, TimeSpan? lifetime) =>
        lifetime is null && policy.RequireLifetime ? Violation(policy, nameof(policy.RequireLifetime), "an instance needs a lifetime (-Lifetime).")
        : lifetime is null && policy.MaxLifetime is { } most ? Violation(policy, nameof(policy.MaxLifetime), "an instance without a lifetime lives longer than " + Text(most) + ".")
        : lifetime > policy.MaxLifetime ? Violation(policy, nameof(policy.MaxLifetime), "the lifetime is " + Text(lifetime.Value) + ", and the longest is " + Text(policy.MaxLifetime!.Value) + ".")
        : null;

    /// <summary>Returns what the tags of an instance violate.</summary>
    public static PulseRunException? Tags(PulseRun.Policy policy, IReadOnlyDictionary<string, string> tags) =>
        policy.RequireTag?.FirstOrDefault(key => !tags.Any(tag => Same(tag.Key, key) && tag.Value.Trim().Length > 0)) is { } missing
            ? Violation(policy, nameof(policy.RequireTag), "the tag '" + missing + "' is missing (-Tag @{ " + missing + " = '...' }).")
            : null;

    /// <summary>Returns what a change of a note violates. What violated the policy before, and is not changed, does not.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="before">The note before.</param>
    /// <param name="after">The note after the change.</param>
    /// <param name="since">The time from which a lifetime counts.</param>
    public static PulseRunException? Change(PulseRun.Policy policy, InstanceNote before, InstanceNote after, DateTimeOffset since) =>
        (Tags(policy, before.Tags) is null ? Tags(policy, after.Tags) : null)
        ?? (after.ExpiresAt == before.ExpiresAt || after.ExpiresAt < before.ExpiresAt ? null : Lifetime(policy, after.ExpiresAt - since));

    /// <summary>Returns what an idle time violates.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="idleFor">The time that an instance must have been idle to count as idle.</param>
    public static PulseRunException? IdleFor(PulseRun.Policy policy, TimeSpan idleFor) =>
        idleFor < policy.MinIdleFor ? Violation(policy, nameof(policy.MinIdleFor), "the idle time is " + Text(idleFor) + ", and the shortest is " + Text(policy.MinIdleFor!.Value) + ".") : null;

    /// <summary>Returns true when the protected tag is among the tags. The key is compared without case, the value with case.</summary>
    public static bool Protects(PulseRun.Policy policy, IReadOnlyDictionary<string, string> tags)
    {
        if (policy.ProtectedTag is not { } tag)
            return false;
        int equals = tag.IndexOf('=');
        string key = equals < 0 ? tag : tag.Substring(0, equals);
        return tags.Any(one => Same(one.Key, key) && (equals < 0 || one.Value == tag.Substring(equals + 1)));
    }

    /// <summary>Returns the request that is sent: under a policy that allows a single provider, an unspecified provider becomes that one, because the server would choose any.</summary>
    public static LaunchRequest Narrow(PulseRun.Policy policy, LaunchRequest request) =>
        IsAuto(request.Provider) && OnlyProvider(policy) is { } only ? request.As(request.Gpu, request.Region, only, request.Spot) : request;

    /// <summary>Returns the limit of the price of one instance: the lower of the policy's and that of the command.</summary>
    public static decimal? MaxHourlyCost(PulseRun.Policy policy, decimal? asked) => asked < policy.MaxHourlyCost ? asked : policy.MaxHourlyCost ?? asked;

    /// <summary>Returns the error of a launch that exceeded the limit of the policy, with the rule and the file.</summary>
    public static PulseRunException OverPrice(PulseRun.Policy policy, PulseRunException error) =>
        error.Rephrase(ErrorIds.PolicyViolation, error.Message + " The limit is " + nameof(policy.MaxHourlyCost) + " of the policy '" + CleanText.Clean(policy.Path, 300) + "'.");

    private static PulseRunException? Gpu(PulseRun.Policy policy, string? gpu) =>
        policy.AllowedGpu is not { } allowed || IsAmong(allowed, gpu) ? null
        : Violation(policy, nameof(policy.AllowedGpu), "the GPU type is '" + CleanText.Clean(gpu ?? "", 60) + "', and allowed are " + string.Join(", ", allowed) + ".");

    private static PulseRunException? Provider(PulseRun.Policy policy, string? provider) =>
        policy.AllowedProvider is not { } allowed || IsAmong(allowed, provider) ? null
        : Violation(policy, nameof(policy.AllowedProvider), "the provider is '" + CleanText.Clean(provider ?? "", 60) + "', and allowed are " + string.Join(", ", allowed) + ".");

    private static PulseRunException? ProviderIsOpen(PulseRun.Policy policy) =>
        policy.AllowedProvider is not { } allowed || OnlyProvider(policy) is not null || allowed.Contains("*") ? null
        : Violation(policy, nameof(policy.AllowedProvider), "without -Provider the server chooses any, and allowed are " + string.Join(", ", allowed) + ".");

    private static PulseRunException? Price(PulseRun.Policy policy, decimal? price, string what) =>
        price > policy.MaxHourlyCost
            ? Violation(policy, nameof(policy.MaxHourlyCost), what + " costs " + Display.PerHour(price.Value) + ", and the limit is " + Display.PerHour(policy.MaxHourlyCost!.Value) + ".")
            : null;

    private static string? OnlyProvider(PulseRun.Policy policy) =>
        policy.AllowedProvider is { Count: 1 } one && one[0].IndexOfAny(['*', '?']) < 0 && !IsAuto(one[0]) ? one[0] : null;

    private static bool IsAuto(string? provider) => provider is null || Same(provider, Auto);

    private static bool IsAmong(IReadOnlyList<string> patterns, string? value) => value is { Length: > 0 } && patterns.Any(pattern => Wildcards.IsMatch(pattern, value));

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);

    private static PulseRunException Violation(PulseRun.Policy policy, string rule, string why) =>
        new(ErrorIds.PolicyViolation, rule + " of the policy '" + CleanText.Clean(policy.Path, 300) + "' does not allow this: " + why);
}
