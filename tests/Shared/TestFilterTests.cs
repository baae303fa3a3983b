using System;
using Xunit;

namespace PulseRun.Tests.Shared;

public class TestFilterTests
{
    [Theory]
    [InlineData("FullyQualifiedName~.Launch.", true)]
    [InlineData("FullyQualifiedName~.launch.soak", true)]
    [InlineData("FullyQualifiedName~.Cost.", false)]
    [InlineData("FullyQualifiedName!~.Cost.", true)]
    [InlineData("FullyQualifiedName!~.Launch.", false)]
    [InlineData("(FullyQualifiedName~.Cost.|FullyQualifiedName~Soak)&FullyQualifiedName!~.Idle.", true)]
    [InlineData("(FullyQualifiedName~.Cost.|FullyQualifiedName~Soak)&FullyQualifiedName!~.Idle.&FullyQualifiedName!~Launch", false)]
    [InlineData("FullyQualifiedName=A.Launch.SoakTests.One|FullyQualifiedName=A.Launch.SoakTests.Two", true)]
    [InlineData("FullyQualifiedName=A.Launch.SoakTests", false)]
    public void ATest_MatchesByItsName(string filter, bool expected) =>
        Assert.Equal(expected, TestFilter.Parse(filter).Matches("A.Launch.SoakTests.One"));

    [Theory]
    [InlineData("")]
    [InlineData("Soak")]
    [InlineData("Category=Slow")]
    [InlineData("FullyQualifiedName<x")]
    public void WhatItDoesNotKnow_IsAnError(string filter) => Assert.Throws<FormatException>(() => TestFilter.Parse(filter));

    [Fact]
    public void WithoutAFilter_EveryTestMatches() => Assert.True(TestFilter.All.Matches("any"));
}
