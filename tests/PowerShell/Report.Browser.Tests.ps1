BeforeDiscovery {
    . $PSScriptRoot/../../tools/Chromium.ps1
    $hasBrowser = [bool] (Get-Chromium)
    if (-not $hasBrowser) { Write-Host 'The report is not opened in a browser, because Chromium is not installed.' }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/../../tools/Chromium.ps1
    . $PSScriptRoot/../../tools/PictureFleet.ps1

    # Returns what is wrong with the layout of the page: elements that reach out of the window, texts that are cut, and texts of a chart that overlap.
    $script:Faults = @'
        (() => {
            const root = document.documentElement, faults = [];
            if (root.scrollWidth > root.clientWidth) faults.push(`the page is ${root.scrollWidth} wide`);
            const name = e => e.tagName + (e.className.baseVal ?? '.' + e.className) + ' "' + e.textContent.trim().slice(0, 30) + '"';
            for (const e of document.body.querySelectorAll('*')) {
                if (e.closest('svg') || !e.getClientRects().length) continue;
                const box = e.getBoundingClientRect();
                if (box.left < -0.5 || box.right > root.clientWidth + 0.5) faults.push('outside: ' + name(e));
                if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible') faults.push('cut: ' + name(e));
            }
            for (const svg of document.querySelectorAll('svg')) {
                if (!svg.getClientRects().length) continue;
                const frame = svg.getBoundingClientRect(), texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
                for (const [text, box] of texts) {
                    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) faults.push('label outside: ' + text);
                    if (box.height < 7) faults.push(`label too small: ${text} ${box.height}`);
                }
                for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
                    const a = texts[i][1], b = texts[j][1];
                    if (a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom) faults.push(`labels overlap: ${texts[i][0]}, ${texts[j][0]}`);
                }
            }
            return faults.slice(0, 10);
        })()
'@
}

Describe 'The report in a browser' -Skip:(-not $hasBrowser) {
    BeforeAll {
        $emulator = New-PictureFleet -Days 0.4
        # Names from a server can be long and hostile.
        foreach ($name in ('x' * 64), '<script>console.error(1)</script>', "日本語日本語日本語日本語日本語") {
            $null = $emulator.AddInstance([PulseRun.Instance] @{ Id = "inst_$($name.Length)" + 'y' * 40; Gpu = $name; Provider = $name; Region = $name; CostPerHour = 1234.5678; Status = 'running'; StartedAt = $emulator.UtcNow.AddDays(-1) })
        }
        Export-PRReport "$TestDrive/full.html"
        Export-PRReport "$TestDrive/short.html" -Since $emulator.UtcNow.AddHours(-1) -Top 2
        $null = Start-PREmulator -Instances 0 | Connect-PulseRun -PassThru
        Export-PRReport "$TestDrive/empty.html"
        $browser = Start-Chromium
    }
    AfterAll {
        if ($browser) { Stop-Chromium $browser }
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'shows everything of the <Page> page at <Width> pixels, <Scheme>, on <Media>' -ForEach @(
        foreach ($page in 'full', 'short', 'empty') {
            foreach ($width in 320, 400, 768, 1400) { @{ Page = $page; Width = $width; Scheme = 'light'; Media = 'screen' } }
            @{ Page = $page; Width = 1400; Scheme = 'dark'; Media = 'screen' }
            # The width of A4 and of letter paper within the margins of the page.
            foreach ($width in 703, 725) { @{ Page = $page; Width = $width; Scheme = 'light'; Media = 'print' } }
        }
    ) {
        Open-ChromiumPage $browser "$TestDrive/$Page.html" -Width $Width -Scheme $Scheme -Media $Media
        Invoke-ChromiumScript $browser $Faults | Should -BeNullOrEmpty
        # No message of the console: nothing was refused by the policy of the page, and no script of a name ran.
        @($browser.Events | Where-Object { $_['method'] -in 'Log.entryAdded', 'Runtime.consoleAPICalled', 'Runtime.exceptionThrown' } | ForEach-Object { ConvertTo-Json $_ -Depth 8 -Compress }) | Should -BeNullOrEmpty
    }

    It 'has enough contrast: <_>' -ForEach 'light', 'dark' {
        Open-ChromiumPage $browser "$TestDrive/full.html" -Width 1400 -Scheme $_
        $low = Invoke-ChromiumScript $browser @'
            (() => {
                const light = c => { const [r, g, b] = c.match(/[\d.]+/g).map(Number).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
                const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\)$/.test(c)) return c; } return 'rgb(255, 255, 255)'; };
                const low = [];
                for (const e of document.body.querySelectorAll('*')) {
                    if (e.closest('svg') || ![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
                    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
                    const ratio = (a + 0.05) / (b + 0.05);
                    if (ratio < 4.5 && !(ratio >= 3 && parseFloat(getComputedStyle(e).fontSize) >= 24)) low.push(ratio.toFixed(1) + ' ' + e.textContent.trim().slice(0, 30));
                }
                return low.slice(0, 10);
            })()
'@
        $low | Should -BeNullOrEmpty
    }

    It 'is printed on <Paper> without a cut page' -ForEach @(@{ Paper = 'A4'; Width = 8.27; Height = 11.69 }, @{ Paper = 'letter'; Width = 8.5; Height = 11 }) {
        Open-ChromiumPage $browser "$TestDrive/full.html" -Width 1400
        Save-ChromiumPdf $browser "$TestDrive/$Paper.pdf" -Width $Width -Height $Height
        # Chromium shrinks a page that is too wide. Its paper then holds more lines than the text needs, so the number of pages would drop.
        $pdf = [Text.Encoding]::Latin1.GetString([IO.File]::ReadAllBytes("$TestDrive/$Paper.pdf"))
        [regex]::Matches($pdf, '/Type\s*/Page\b').Count | Should -BeGreaterThan 1
    }
}
