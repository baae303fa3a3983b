<#
.SYNOPSIS
    Defines functions that open a page in headless Chromium, for pictures and for the tests of the report.
.DESCRIPTION
    Dot-source this file. The functions speak the DevTools protocol, so no driver and no other package is needed.
#>

# Get-Chromium: returns the path of Chromium or Chrome; nothing when neither is installed.
function Get-Chromium {
    (Get-Command chromium, chromium-browser, google-chrome -CommandType Application -ErrorAction Ignore | Select-Object -First 1).Source
}

# Start-Chromium: starts a browser with an empty profile. End it with Stop-Chromium.
function Start-Chromium {
    $profileFolder = Join-Path ([IO.Path]::GetTempPath()) "pulserun-chromium-$([guid]::NewGuid().ToString('n'))"
    $start = [Diagnostics.ProcessStartInfo]::new((Get-Chromium))
    $switches = '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--hide-scrollbars', '--remote-debugging-port=0', "--user-data-dir=$profileFolder", 'about:blank'
    foreach ($switch in $switches) { $start.ArgumentList.Add($switch) }
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    $browser = [pscustomobject]@{ Process = $process; Profile = $profileFolder; Socket = $null; Next = 0; Events = [Collections.Generic.List[object]]::new() }
    # The streams are read, because a full pipe would stop the browser.
    $null = $process.StandardOutput.ReadToEndAsync()
    $null = $process.StandardError.ReadToEndAsync()
    try {
        $file = Join-Path $profileFolder 'DevToolsActivePort'
        $limit = [Diagnostics.Stopwatch]::StartNew()
        while (-not (Test-Path $file) -or @(Get-Content $file).Count -lt 2) {
            if ($process.HasExited) { throw "Chromium ended with exit code $($process.ExitCode)." }
            if ($limit.Elapsed.TotalSeconds -gt 60) { throw 'Chromium did not open its debugging port within 60 s.' }
            Start-Sleep -Milliseconds 50
        }
        $port = @(Get-Content $file)[0]
        $page = Invoke-RestMethod "http://127.0.0.1:$port/json/list" -NoProxy | ForEach-Object { $_ } | Where-Object type -EQ page | Select-Object -First 1
        $browser.Socket = [Net.WebSockets.ClientWebSocket]::new()
        $browser.Socket.Options.Proxy = $null
        $browser.Socket.ConnectAsync($page.webSocketDebuggerUrl, [Threading.CancellationToken]::None).Wait()
        foreach ($domain in 'Page', 'Log', 'Runtime') { $null = Send-Chromium $browser "$domain.enable" }
        $browser
    }
    catch {
        Stop-Chromium $browser
        throw
    }
}

# Stop-Chromium: ends the browser and deletes its profile.
function Stop-Chromium($Browser) {
    if ($Browser.Socket) { $Browser.Socket.Dispose() }
    if (-not $Browser.Process.HasExited) { $Browser.Process.Kill($true) }
    $Browser.Process.WaitForExit()
    Remove-Item $Browser.Profile -Recurse -Force -ErrorAction Ignore
}

# Send-Chromium: sends a command of the DevTools protocol, and returns its result. Events that arrive before it are kept in Events.
function Send-Chromium {
    param($Browser, [string] $Method, [hashtable] $Parameters = @{})
    $Browser.Next++
    $id = $Browser.Next
    $json = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json @{ id = $id; method = $Method; params = $Parameters } -Depth 8 -Compress))
    $Browser.Socket.SendAsync([ArraySegment[byte]]::new($json), 'Text', $true, [Threading.CancellationToken]::None).Wait()
    while ($true) {
        $message = Receive-Chromium $Browser
        if ($message['id'] -eq $id) {
            if ($message['error']) { throw "$Method failed: $($message['error']['message'])" }
            return $message['result']
        }
        $Browser.Events.Add($message)
    }
}

# Receive-Chromium: waits for the next message, at most a minute.
function Receive-Chromium($Browser) {
    $all = [IO.MemoryStream]::new()
    $buffer = [byte[]]::new(1MB)
    $limit = [Threading.CancellationTokenSource]::new([timespan]::FromMinutes(1))
    do {
        $part = $Browser.Socket.ReceiveAsync([ArraySegment[byte]]::new($buffer), $limit.Token).GetAwaiter().GetResult()
        $all.Write($buffer, 0, $part.Count)
    } until ($part.EndOfMessage)
    $limit.Dispose()
    ConvertFrom-Json ([Text.Encoding]::UTF8.GetString($all.ToArray())) -AsHashtable
}

# Open-ChromiumPage: opens a file at a width, and waits until it is loaded. Messages of the console and other events since then are in Events.
function Open-ChromiumPage {
    param($Browser, [string] $Path, [int] $Width, [ValidateSet('light', 'dark')] [string] $Scheme = 'light', [ValidateSet('screen', 'print')] [string] $Media = 'screen', [int] $Height = 900)
    $Browser.Events.Clear()
    $null = Send-Chromium $Browser 'Emulation.setDeviceMetricsOverride' @{ width = $Width; height = $Height; deviceScaleFactor = 1; mobile = $false }
    $null = Send-Chromium $Browser 'Emulation.setEmulatedMedia' @{ media = $Media; features = @(@{ name = 'prefers-color-scheme'; value = $Scheme }) }
    $null = Send-Chromium $Browser 'Page.navigate' @{ url = [uri]::new((Convert-Path $Path), [UriKind]::Absolute).AbsoluteUri }
    while (-not @($Browser.Events | Where-Object { $_['method'] -eq 'Page.loadEventFired' })) { $Browser.Events.Add((Receive-Chromium $Browser)) }
}

# Invoke-ChromiumScript: evaluates JavaScript in the page, and returns its value.
function Invoke-ChromiumScript($Browser, [string] $Script) {
    $result = Send-Chromium $Browser 'Runtime.evaluate' @{ expression = $Script; returnByValue = $true }
    if ($result['exceptionDetails']) { throw "The script failed: $($result['exceptionDetails']['exception']['description'])" }
    $result['result']['value']
}

# Save-ChromiumPicture: saves the page as PNG: all of it, or its upper part.
function Save-ChromiumPicture {
    param($Browser, [string] $Path, [int] $Height)
    $size = Invoke-ChromiumScript $Browser '({ w: document.documentElement.clientWidth, h: document.documentElement.scrollHeight })'
    $picture = Send-Chromium $Browser 'Page.captureScreenshot' @{ captureBeyondViewport = $true; clip = @{ x = 0; y = 0; width = $size['w']; height = ($Height ? $Height : $size['h']); scale = 1 } }
    [IO.File]::WriteAllBytes($Path, [Convert]::FromBase64String($picture['data']))
}

# Save-ChromiumPdf: prints the page on paper of a size in inches.
function Save-ChromiumPdf {
    param($Browser, [string] $Path, [double] $Width, [double] $Height)
    $null = Send-Chromium $Browser 'Emulation.setEmulatedMedia' @{ media = ''; features = @() }
    $pdf = Send-Chromium $Browser 'Page.printToPDF' @{ paperWidth = $Width; paperHeight = $Height; printBackground = $true; preferCSSPageSize = $false }
    [IO.File]::WriteAllBytes($Path, [Convert]::FromBase64String($pdf['data']))
}
