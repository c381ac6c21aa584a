"""A headless Chromium driven over a pipe with the DevTools protocol; the standard library only."""
import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ('chromium', 'chromium-browser', 'google-chrome')


def find():
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Gone(Exception):
    pass


class Browser:
    """One process and one page. What the page did that it must not do collects in `trouble`."""

    def __init__(self, path):
        self.dir = tempfile.mkdtemp(prefix='simrun-chromium-')
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        self.read_fd, self.write_fd = ours_in, ours_out

        def give():  # the browser reads commands from 3 and answers on 4
            low_in = os.dup(theirs_in)
            low_out = os.dup(theirs_out)
            os.dup2(low_in, 3)
            os.dup2(low_out, 4)

        self.process = subprocess.Popen(
            [path, '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
             '--disable-extensions', '--disable-background-networking', '--disable-component-update', '--disable-sync',
             '--disable-default-apps', '--disable-domain-reliability', '--no-pings', '--hide-scrollbars',
             '--remote-debugging-pipe', '--user-data-dir=' + self.dir, 'about:blank'],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=give, close_fds=False)
        os.close(theirs_in)
        os.close(theirs_out)
        self.numbers = itertools.count(1)
        self.buffer = b''
        self.loaded = set()
        self.session = None
        self.trouble = []
        self.requests = []
        target = next(t for t in self.call('Target.getTargets')['targetInfos'] if t['type'] == 'page')
        self.session = self.call('Target.attachToTarget', targetId=target['targetId'], flatten=True)['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(domain + '.enable')
        self.call('Page.setLifecycleEventsEnabled', enabled=True)

    def close(self):
        if self.process.poll() is None:
            try:
                self.session = None
                self.call('Browser.close', timeout=10)
            except (Gone, OSError):
                pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.read_fd)
        os.close(self.write_fd)
        shutil.rmtree(self.dir, ignore_errors=True)

    def receive(self, deadline):
        while b'\0' not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.read_fd], [], [], left)[0]:
                raise Gone('the browser does not answer')
            more = os.read(self.read_fd, 1 << 20)
            if not more:
                raise Gone('the browser ended')
            self.buffer += more
        message, self.buffer = self.buffer.split(b'\0', 1)
        return json.loads(message)

    def note(self, message):
        method, params = message['method'], message.get('params', {})
        if method == 'Page.javascriptDialogOpening':
            self.trouble.append('dialog: ' + params['message'])
            self.write({'id': next(self.numbers), 'sessionId': self.session, 'method': 'Page.handleJavaScriptDialog',
                        'params': {'accept': False}})
        elif method == 'Runtime.exceptionThrown':
            details = params['exceptionDetails']
            self.trouble.append('exception: ' + details.get('exception', {}).get('description', details['text']))
        elif method == 'Runtime.consoleAPICalled':
            self.trouble.append('console: ' + json.dumps(params['args']))
        elif method == 'Log.entryAdded':
            self.trouble.append('log: ' + params['entry']['text'])
        elif method == 'Network.requestWillBeSent':
            self.requests.append(params['request']['url'])
        elif method == 'Page.lifecycleEvent' and params['name'] == 'load':
            self.loaded.add(params['loaderId'])

    def write(self, message):
        data = json.dumps(message).encode() + b'\0'
        while data:
            data = data[os.write(self.write_fd, data):]

    def call(self, method, timeout=60, **params):
        number = next(self.numbers)
        message = {'id': number, 'method': method, 'params': params}
        if self.session:
            message['sessionId'] = self.session
        self.write(message)
        deadline = time.monotonic() + timeout
        while True:
            answer = self.receive(deadline)
            if answer.get('id') == number:
                if 'error' in answer:
                    raise Gone(f"{method}: {answer['error']['message']}")
                return answer['result']
            if 'method' in answer:
                self.note(answer)

    def open(self, path, fragment=''):
        """Loads a file, as a double click would, and waits until it is there."""
        self.load('about:blank')  # or another fragment of the same file would load nothing
        self.requests.clear()
        self.load('file://' + path + fragment)

    def load(self, url):
        loader = self.call('Page.navigate', url=url)['loaderId']
        deadline = time.monotonic() + 60
        while loader not in self.loaded:
            message = self.receive(deadline)
            if 'method' in message:
                self.note(message)

    def run(self, expression):
        """The value of an expression in the page; promises are waited for."""
        answer = self.call('Runtime.evaluate', expression=expression, returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in answer:
            raise AssertionError(f"{expression}: {answer['exceptionDetails']['exception']['description']}")
        return answer['result'].get('value')

    def texts(self, selector):
        return self.run(f'[...document.querySelectorAll({json.dumps(selector)})].map(e => e.textContent)')

    def text(self, selector):
        found = self.texts(selector)
        if not found:
            raise AssertionError(f'there is no {selector}')
        return found[0]

    def click(self, selector):
        """A click of the mouse in the middle of an element."""
        at = self.run(f'''(() => {{
            const found = document.querySelector({json.dumps(selector)});
            found.scrollIntoView({{block: 'center'}});
            const box = found.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        }})()''')
        for kind in ('mousePressed', 'mouseReleased'):
            self.call('Input.dispatchMouseEvent', type=kind, x=at[0], y=at[1], button='left', clickCount=1)
        self.settle()

    def key(self, key, text=None):
        self.call('Input.dispatchKeyEvent', type='keyDown', key=key, code=key, text=text or '')
        self.call('Input.dispatchKeyEvent', type='keyUp', key=key, code=key)
        self.settle()

    def settle(self):
        """What a click or key set off has happened and was drawn."""
        self.run('new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))')

    def go(self, fragment):
        self.run(f'location.hash = {json.dumps(fragment)}')
        self.settle()

    def look(self, width, height, dark=False, whole=False):
        """A picture of the page as PNG."""
        self.view(width, height, dark)
        shot = self.call('Page.captureScreenshot', format='png', captureBeyondViewport=whole)
        return base64.b64decode(shot['data'])

    def view(self, width, height, dark=False):
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call('Emulation.setEmulatedMedia',
                  features=[{'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}])
        self.settle()
